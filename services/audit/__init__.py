"""Checks the numbers against the log, shows what they rest on, and replays rejects."""
