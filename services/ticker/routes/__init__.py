"""The HTTP routes of the ticker."""
