"""The local Kafka and Redis, and the supervisor of their processes."""
