"""Certificates of all past nights, whole and mutated, before the checker; see `__main__`."""
