"""When each event of a past night is sent again, at a chosen speed and in a chosen order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from schemas.council import CouncilOpened
from schemas.events import Event
from schemas.ward import WardStatus
from services.rehearsal.order import Order


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An event and the seconds after the start of the replay at which it is sent."""

    at_s: float
    event: Event


def arrange(declarations: Sequence[Event], order: Order, random: Random) -> tuple[Event, ...]:
    """Returns the declarations in another order, each at a time of the night that was.

    The times stay where they were and the events change places, so a shuffled night has the
    rhythm of the real one.
    """
    if order is Order.RECORDED:
        return tuple(declarations)
    arranged = list(declarations)
    if order is Order.SHUFFLED:
        random.shuffle(arranged)
    else:
        arranged.reverse()
    return tuple(arranged)


def duplicate(declarations: Iterable[Event], share: float, random: Random) -> tuple[Event, ...]:
    """Returns the declarations with a share of them, 0 to 1, repeated at a later place."""
    doubled = list(declarations)
    for event in tuple(doubled):
        if random.random() < share:
            doubled.insert(random.randint(doubled.index(event) + 1, len(doubled)), event)
    return tuple(doubled)


def moment(event: Event) -> datetime | None:
    """Returns when an event was announced by its own account, or None where it does not say."""
    if isinstance(event, CouncilOpened):
        return None
    return event.noticed_at if isinstance(event, WardStatus) else event.declared_at


def schedule(
    openings: Sequence[Event], declarations: Sequence[Event], times: Sequence[Event], speed: float
) -> tuple[Scheduled, ...]:
    """Returns when to send each event: openings at once, declarations at the night's pace.

    `times` are the events whose moments set the pace, in the order they were announced;
    `speed` is how many times as fast as the night was (`inf` sends without waiting). Gaps of
    more than six hours, such as a poll weeks later, are taken as none. A declaration beyond
    the known moments, or without one, follows its predecessor at once.
    """
    gap_max_s = 6 * 3600.0
    offsets: list[float] = []
    at_s = 0.0
    last: datetime | None = None
    for event in times:
        now = moment(event)
        if now is not None:
            if last is not None:
                gap_s = (now - last).total_seconds()
                at_s += gap_s if 0 < gap_s <= gap_max_s else 0.0
            last = now
        offsets.append(at_s / speed)
    offsets += [offsets[-1] if offsets else 0.0] * max(0, len(declarations) - len(offsets))
    return (
        *(Scheduled(0.0, event) for event in openings),
        *(Scheduled(at, event) for at, event in zip(offsets, declarations, strict=False)),
    )
