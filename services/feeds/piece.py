"""Piece: what one file or one address of a feed says now, or why that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import structlog

from readers.findings import Finding, Findings
from readers.said import Said
from schemas.reject import fault_of

_log = structlog.get_logger()


class ShapeError(ValueError):
    """What was read is of another shape than it used to be; the message says of which."""


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

    def again(self) -> Piece:
        """Returns the piece at a later look at which it is what it was."""
        return self._replace(said=Said(), is_new=False)


class Source(Protocol):
    """Somebody whose words are read again and again."""

    def look(self) -> tuple[Piece, ...]:
        """Returns every piece that there is, in order. Blocks; raises nothing for what it finds."""
        ...


def read_piece(name: str, read: Callable[[Findings], Said]) -> Piece:
    """Returns what a piece says, with everything in it that cannot be read or matched.

    `read` returns the first and adds the second to the findings. If it raises ShapeError, or if
    livecount itself fails for it, the piece is broken, and the others are read.
    """
    findings = Findings()
    try:
        said = read(findings)
    except ShapeError as error:
        return Piece(name, broken=str(error))
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is this piece's only
        _log.exception("livecount fails for a piece", piece=name)
        why = f"{fault_of('read', error)}; the fault is in livecount: report it"
        return Piece(name, broken=why)
    return Piece(name, said, findings.faults)
