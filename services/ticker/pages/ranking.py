"""The order in which a night's councils are shown: those nearest to a decision first. No I/O."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, Literal

from schemas.totals import CouncilTotals, PartyTotals

CLOSE_SEATS_MAX: Final = 3
"""A council is close to a decision if this many seats can settle it: one ward in most of
England."""

NEAREST_MAX: Final = 4
"""The nearest councils shown separately at the top: as many as fit beside the map."""

Stage = Literal["deciding", "close", "counting", "waiting", "changed", "decided"]
STAGES: Final[tuple[Stage, ...]] = (
    "deciding",
    "close",
    "counting",
    "waiting",
    "changed",
    "decided",
)


def contenders(totals: CouncilTotals) -> list[PartyTotals]:
    """Returns the parties that have or can still get a majority, in the order of the totals."""
    return [party for party in totals.parties if party.needs is not None]


def is_nearest_to_none(totals: CouncilTotals) -> bool:
    """Returns whether no overall control takes no more seats than any majority.

    False if that is not known, as in totals that an older version wrote, and once control is
    settled.
    """
    to_none, to_decision = totals.seats_to_none, totals.seats_to_decision
    return to_none is not None and to_decision is not None and to_none <= to_decision


def stage(totals: CouncilTotals) -> Stage:
    """Returns a council's stage; `ranked` moves some from `deciding` to `close`."""
    if totals.decided:
        return "changed" if totals.change else "decided"
    if totals.before_any_vote or not totals.wards_declared:
        return "waiting"
    seats = totals.seats_to_decision
    return "deciding" if seats is not None and seats <= CLOSE_SEATS_MAX else "counting"


def ranked(councils: Iterable[CouncilTotals]) -> dict[Stage, list[CouncilTotals]]:
    """Returns the councils of each stage, the nearest to a decision first.

    Of equally near councils, the one with fewer wards to come is first, then the order is by
    name. Councils whose seats to a decision are not known are last. Only the NEAREST_MAX
    nearest are `deciding`; the others that could be are `close`.
    """
    stages: dict[Stage, list[CouncilTotals]] = {name: [] for name in STAGES}
    for totals in councils:
        stages[stage(totals)].append(totals)
    stages["deciding"].sort(key=_nearness)
    stages["counting"].sort(key=_nearness)
    nearest = stages["deciding"]
    stages["deciding"], stages["close"] = nearest[:NEAREST_MAX], nearest[NEAREST_MAX:]
    return stages


def _nearness(totals: CouncilTotals) -> tuple[float, int, str]:
    seats = totals.seats_to_decision
    wards_to_come = totals.wards_total - totals.wards_declared
    return math.inf if seats is None else seats, wards_to_come, totals.name
