"""Conflict: an event that contradicts what is known, or that no real council could have."""

from __future__ import annotations


class ConflictError(Exception):
    """An event contradicts what is known. The message has field, value and remedy."""
