"""The schedule of a replay: what is sent when, at a chosen speed and in a chosen order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Generic, TypeVar, assert_never

from schemas.events import Event, stated_time
from services.rehearsal.order import Order

GAP_MAX_S = 6 * 3600.0
"""A longer gap, such as that before a poll weeks later, causes no wait."""


Sent = TypeVar("Sent")


@dataclass(frozen=True, slots=True)
class Scheduled(Generic[Sent]):
    """An event or a record, and when it is sent: seconds after the start of the replay."""

    at_s: float
    event: Sent


def arrange(declarations: Sequence[Event], order: Order, random: Random) -> tuple[Event, ...]:
    """Returns the declarations in another order."""
    arranged = list(declarations)
    match order:
        case Order.RECORDED:
            pass
        case Order.SHUFFLED:
            random.shuffle(arranged)
        case Order.REVERSED:
            arranged.reverse()
        case _:
            assert_never(order)
    return tuple(arranged)


def duplicate(declarations: Iterable[Event], fraction: float, random: Random) -> tuple[Event, ...]:
    """Returns the declarations with a fraction of them, 0 to 1, repeated at a later place."""
    doubled = list(declarations)
    for event in tuple(doubled):
        if random.random() < fraction:
            doubled.insert(random.randint(doubled.index(event) + 1, len(doubled)), event)
    return tuple(doubled)


def schedule(
    openings: Sequence[Event], declarations: Sequence[Event], times: Sequence[Event], speed: float
) -> tuple[Scheduled[Event], ...]:
    """Returns when to send each event: openings at once, declarations at the night's pace.

    The first declaration is sent when the first event of `times` was announced, the second when
    the second was, and so on: a shuffled night keeps the pace of the recorded one. `speed` is
    how many times as fast as the night to go (`inf` sends without waiting). Gaps of more than
    GAP_MAX_S, and events that state no time, cause no wait. Declarations beyond the end of
    `times` are sent with the last one.
    """
    offsets: list[float] = []
    at_s = 0.0
    last: datetime | None = None
    for event in times:
        now = stated_time(event)
        if now is not None:
            if last is not None:
                gap_s = (now - last).total_seconds()
                at_s += gap_s if 0 < gap_s <= GAP_MAX_S else 0.0
            last = now
        offsets.append(at_s / speed)
    offsets += [offsets[-1] if offsets else 0.0] * max(0, len(declarations) - len(offsets))
    return (
        *(Scheduled(0.0, event) for event in openings),
        *(Scheduled(at, event) for at, event in zip(offsets, declarations, strict=False)),
    )
