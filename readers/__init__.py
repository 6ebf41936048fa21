"""A newsroom's files and feeds, read as events. Knows the schemas only."""
