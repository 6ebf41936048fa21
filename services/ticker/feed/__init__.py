"""What the ticker knows of an election, read from Redis as it changes."""
