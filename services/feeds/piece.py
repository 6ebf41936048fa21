"""Piece: what one file or one address of a feed says now, or why that cannot be read."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from readers.findings import Finding
from readers.said import Said


class Piece(NamedTuple):
    """A file, or what an address answers.

    Attributes:
        name: The file, or whose address it is.
        said: What it says, if it is new.
        findings: What in it cannot be read or matched.
        broken: Why nothing of it can be read; blank if it can. What it said before stands.
        is_new: Whether it differs from what it was.
    """

    name: str
    said: Said = Said()
    findings: tuple[Finding, ...] = ()
    broken: str = ""
    is_new: bool = True


class Source(Protocol):
    """Somebody whose words are read again and again."""

    def look(self) -> tuple[Piece, ...]:
        """Returns every piece that there is, in order. Blocks; raises nothing for what it finds."""
        ...
