"""Alerts that the desk holds back: the rules of it, what waits, and the commands."""
