"""Declaration: the declared result of one ballot, as its council holds it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from schemas.ward import Candidate, Correction, WardDeclared


class Declaration(NamedTuple):
    """A `ward.declared` event without what its ward and its council already say."""

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
    casual_vacancies: int = 0

    @property
    def states_anything(self) -> bool:
        """Whether it gives anybody votes or a seat. If not, it clears what was stated before."""
        return any(each.votes or each.elected for each in self.candidates)


def declaration(event: WardDeclared) -> Declaration:
    """Returns the part of a declared result that the council holds."""
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
        event.casual_vacancies,
    )
