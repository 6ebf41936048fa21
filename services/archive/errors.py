"""What is wrong with an archive, or with where it is to go."""

from __future__ import annotations


class ArchiveError(ValueError):
    """An archive cannot be written, read or restored. The message says why and what to do."""
