"""The state of each election, read from Redis and kept up to date by following its feed."""
