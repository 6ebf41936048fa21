"""Public sources of a night before its poll: each module turns one of them into records."""
