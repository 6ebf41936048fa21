"""Conflict: an event that contradicts what is known, or that no real council could have."""

from __future__ import annotations


class ConflictError(Exception):
    """An event contradicts what is known. The message has field, value and remedy."""


class HeldError(ConflictError):
    """An event of a source whose word does not count by itself."""


class ContradictionError(ConflictError):
    """An event says what cannot be right, whoever says it (`election.evidence`)."""
