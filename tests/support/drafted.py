"""The councils of a past night with what drafts are drawn from, counted by the rules alone."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from election.council import Council
from election.fold import apply
from election.nation.night import Night as NationalNight
from election.nation.night import apply as add_up
from election.nation.plan import NightPlan
from election.nation.totals import national_totals
from election.totals import council_totals
from election.ward_totals import ward_totals
from readers.night import Night, load_night
from schemas.alert import Alert
from schemas.national import NationalTotals
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals


@dataclass(frozen=True)
class DraftedNight:
    """What is published of a night at one moment."""

    councils: list[tuple[CouncilTotals, list[WardTotals], list[Alert]]]
    alerts: list[Alert]
    night: NationalTotals


@lru_cache(maxsize=4)
def _read(name: str) -> Night:
    return load_night(name)


def drafted_night(name: str, portion: float = 1, seed: int = 0) -> DraftedNight:
    """Returns a night after a portion of its events, from 0 to 1, in an order made by chance."""
    read = _read(name)
    events = list(read.on_the_night)
    random.Random(seed).shuffle(events)
    councils: dict[str, Council] = {}
    alerts: list[Alert] = []
    for event in (*read.openings, *events[: int(portion * len(events))]):
        councils[event.council], effects = apply(event, councils.get(event.council))
        alerts += effects.alerts
    found = []
    national: NationalNight | None = None
    plan = NightPlan()
    for council in councils.values():
        totals = council_totals(council)
        if totals is None:
            continue
        national = add_up(totals, national, plan).night
        own = [alert for alert in alerts if alert.council == totals.council]
        found.append((totals, [ward_totals(council, each) for each in council.wards], own))
    assert national is not None
    found.sort(key=lambda each: each[0].name)
    return DraftedNight(found, alerts, national_totals(national, "night", "", plan))
