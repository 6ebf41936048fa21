"""How far the councils on a night's page are. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.national import NationalTotals
from schemas.totals import CouncilTotals


@dataclass(frozen=True, slots=True)
class Progress:
    """The numbers at the top of a night's page.

    `councils` are those that vote by the newsroom's list, or if there is none those that are open.
    `as_a_whole` are those declared without wards. `seats_declared` leaves out those of them of
    which it is not known what was up.
    `turnout_percentage` is None unless it is known, for `turnout_covers` councils.
    """

    councils: int
    decided: int
    wards: int
    wards_declared: int
    as_a_whole: int
    seats_declared: int
    turnout_percentage: float | None = None
    turnout_covers: int = 0


def progress(councils: Iterable[CouncilTotals], night: NationalTotals | None = None) -> Progress:
    """Returns how far councils are; `night` is what all of them come to, None if not known."""
    every = list(councils)
    listed = None if night is None else night.councils.total
    return Progress(
        councils=len(every) if listed is None else listed,
        decided=sum(totals.decided for totals in every),
        wards=sum(totals.wards_total for totals in every),
        wards_declared=sum(totals.wards_declared for totals in every),
        as_a_whole=sum(totals.as_a_whole for totals in every),
        seats_declared=sum(totals.seats_declared for totals in every if totals.seats_won_known),
        turnout_percentage=None if night is None else night.councils.turnout_percentage,
        turnout_covers=0 if night is None else night.councils.turnout_covers,
    )
