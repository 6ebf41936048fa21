"""The log of declarations counted by the rules, without Redis: read once, or as it grows."""
