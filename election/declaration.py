"""Declaration: what was declared of one ballot, as its council keeps it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from schemas.ward import Candidate, Correction, WardDeclared


class Declaration(NamedTuple):
    """A `ward.declared` without what its ward and council say already."""

    revision: int
    seats_contested: int
    candidates: tuple[Candidate, ...]
    correction: Correction | None
    source: str
    seq: int | None
    declared_at: datetime | None
    num_spoilt_ballots: int | None
    num_turnout_reported: int | None
    turnout_percentage: float | None
    total_electorate: int | None


def declaration(event: WardDeclared) -> Declaration:
    """Returns what is kept of a declared result."""
    return Declaration(
        event.revision,
        event.seats_contested,
        event.candidates,
        event.correction,
        event.source,
        event.seq,
        event.declared_at,
        event.num_spoilt_ballots,
        event.num_turnout_reported,
        event.turnout_percentage,
        event.total_electorate,
    )


def said(declared: Declaration) -> Declaration:
    """Returns a declaration without who sent it and when: another sender is no other result."""
    return declared._replace(source="", seq=None, declared_at=None)
