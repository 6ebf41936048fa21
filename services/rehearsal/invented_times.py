"""Times for a night whose files state none, so that it can be rehearsed at a human pace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, assert_never

from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.desk import DeskDecided
from schemas.events import Event, ballot_of, stated_time
from schemas.uk_time import UK_TIME
from schemas.ward import WardDeclared, WardStatus

FIRST: Final = time(22, 30)
"""The first declaration at the earliest: half an hour after the polls close, in UK time."""

NIGHT_S: Final = 7.5 * 3_600
"""The length of the night, until 06.00: every declaration is within it."""

BUSIEST_S: Final = 2.5 * 3_600
"""When most councils begin to declare: at one in the morning."""

LAST_BEGINS_S: Final = 5.5 * 3_600
"""When the last council begins, at 04.00, so that it can be complete by the end."""

COUNCIL_S: Final = 20 * 60.0
WARD_S: Final = 150.0
"""A council's declarations come within twenty minutes and another two and a half for each ward."""

COUNCIL_MAX_S: Final = 3 * 3_600.0
"""The longest that one council takes."""

MARK: Final = "time invented"
"""What every source says beside itself, on pages and in data."""


def states_no_time(declarations: Iterable[Event]) -> bool:
    """Returns whether no declaration says when it was made."""
    return all(stated_time(event) is None for event in declarations)


def with_invented_times(declarations: Sequence[Event], random: Random) -> tuple[Event, ...]:
    """Returns declarations with invented times, in the order of those.

    Each council declares its wards in their order and close together, and most councils at the
    same hours of the night. The same `random` gives the same times. A ballot that is polled on a
    later day has a time of that day's night.
    """
    by_council: dict[str, list[Event]] = {}
    for event in declarations:
        by_council.setdefault(event.council, []).append(event)
    timed = [
        (_at(event, offset_s), event)
        for events in by_council.values()
        for event, offset_s in zip(events, _offsets_s(len(events), random), strict=True)
    ]
    timed.sort(key=lambda each: each[0])
    return tuple(_timed(event, at) for at, event in timed)


def _offsets_s(declarations: int, random: Random) -> list[int]:
    """Returns when a council makes so many declarations, in whole seconds after FIRST."""
    begins_s = random.triangular(0, LAST_BEGINS_S, BUSIEST_S)
    length_s = min(COUNCIL_S + WARD_S * declarations, COUNCIL_MAX_S, NIGHT_S - begins_s)
    return sorted(round(begins_s + random.random() * length_s) for _ in range(declarations))


def _at(event: Event, offset_s: int) -> datetime:
    identifier = ballot_of(event) or event.council
    poll = date.fromisoformat(identifier.rpartition(".")[2])
    # In UK time an hour may be missing or come twice; the seconds are those of a clock.
    return (datetime.combine(poll, FIRST) + timedelta(seconds=offset_s)).replace(tzinfo=UK_TIME)


def _timed(event: Event, at: datetime) -> Event:
    match event:
        case WardDeclared() | CouncilDeclared():
            return event.model_copy(update={"declared_at": at, "source": _marked(event.source)})
        case WardStatus():
            return event.model_copy(update={"noticed_at": at, "source": _marked(event.source)})
        case DeskDecided():
            return event.model_copy(update={"decided_at": at})
        case CouncilOpened():
            return event
        case _:
            assert_never(event)


def _marked(source: str) -> str:
    return f"{source}, {MARK}" if source else MARK
