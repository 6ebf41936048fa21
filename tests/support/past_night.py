"""The councils of a past night, counted by the rules up to some point."""

from __future__ import annotations

import random

from election.council import Council
from election.fold import apply
from election.totals import council_totals
from readers.night import load_night
from schemas.totals import CouncilTotals


def totals_after(name: str, portion: float, *, shuffled: bool = False) -> list[CouncilTotals]:
    """Returns the councils of a night after a portion of its events, from 0 to 1.

    The files hold one council after the other; if `shuffled`, all councils are counted at once.
    """
    night = load_night(name)
    councils: dict[str, Council] = {}
    events = list(night.on_the_night)
    if shuffled:
        random.Random(1).shuffle(events)
    for event in [*night.openings, *events[: int(portion * len(events))]]:
        councils[event.council], _ = apply(event, councils.get(event.council))
    every = [council_totals(council) for council in councils.values()]
    return [totals for totals in every if totals is not None]
