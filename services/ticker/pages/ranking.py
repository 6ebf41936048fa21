"""The order in which councils are worth watching. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from schemas.totals import CouncilTotals, PartyTotals

CLOSE_SEATS: Final = 3
"""A council is about to be decided when this many seats can do it: one ward in most of England."""

NEAREST_MAX: Final = 4
"""The nearest councils that stand apart on top: as many as fit beside the map."""

Stage = Literal["deciding", "close", "counting", "waiting", "changed", "decided"]
STAGES: Final[tuple[Stage, ...]] = (
    "deciding",
    "close",
    "counting",
    "waiting",
    "changed",
    "decided",
)

_CHANGES = {"gain", "gain_from_noc", "loss_to_noc"}


def seats_to_decision(totals: CouncilTotals) -> int:
    """Returns the fewest seats that can still settle a council, by a majority or by none."""
    needs = [party.needs for party in totals.parties if party.needs is not None]
    return max(1, min([*needs, seats_to_none(totals)]))


def seats_to_none(totals: CouncilTotals) -> int:
    """Returns the fewest seats that every contender must miss so that none has a majority."""
    return max((party.best for party in contenders(totals)), default=0) - totals.majority + 1


def is_nearest_to_none(totals: CouncilTotals) -> bool:
    """Tells whether an undetermined council is nearer to no overall control than to a majority."""
    return seats_to_none(totals) <= seats_to_decision(totals)


def contenders(totals: CouncilTotals) -> list[PartyTotals]:
    """Returns the parties that can still get a majority, or have one; most seats first."""
    return [party for party in totals.parties if party.needs is not None]


def stage(totals: CouncilTotals) -> Stage:
    """Returns which part of the night a council is in; `deciding` for one that is close, too."""
    if totals.control is not None:
        return "changed" if totals.outcome in _CHANGES else "decided"
    if not totals.wards_declared:
        return "waiting"
    return "deciding" if seats_to_decision(totals) <= CLOSE_SEATS else "counting"


def by_drama(councils: Iterable[CouncilTotals]) -> dict[Stage, list[CouncilTotals]]:
    """Returns the councils of each stage, the nearest to a decision first, then by name.

    Of equally near ones that with fewer wards to come is first. Those about to be decided are
    the NEAREST_MAX of them; the others are `close`.
    """
    stages: dict[Stage, list[CouncilTotals]] = {name: [] for name in STAGES}
    for totals in councils:
        stages[stage(totals)].append(totals)
    for name, found in stages.items():
        if name in {"deciding", "counting"}:
            found.sort(key=_nearness)
    nearest = stages["deciding"]
    stages["deciding"], stages["close"] = nearest[:NEAREST_MAX], nearest[NEAREST_MAX:]
    return stages


def _nearness(totals: CouncilTotals) -> tuple[int, int, str]:
    return seats_to_decision(totals), totals.wards_total - totals.wards_declared, totals.name
