from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from schemas.reject import Reject
from schemas.ward import WardDeclared
from services.aggregator.changes import Changes
from services.aggregator.council_cache import NEW_COUNCIL, CouncilCache
from services.aggregator.decode import LoggedEvent
from tests.support.polls import ballot, opened, ward, won


async def test_encoding_yields_to_the_event_loop_between_two_councils() -> None:
    """However many councils a rebuild has, heartbeats go on meanwhile."""
    councils = CouncilCache()
    changes = Changes(councils)
    for number in range(50):
        event = opened(total=3).model_copy(update={"council": f"local.c{number}.2026-05-07"})
        councils.put(event.council, NEW_COUNCIL)
        changes.add(LoggedEvent(SimpleNamespace(offset=number, partition=0), event))
    encoding = asyncio.create_task(changes.encode())
    iterations = 0
    while not encoding.done():
        await asyncio.sleep(0)
        iterations += 1

    assert len(encoding.result()) == 50
    assert iterations >= 50


def logged(event: Any, offset: int) -> LoggedEvent:
    """Returns an event as it is read from the log."""
    record = SimpleNamespace(
        topic="live.declarations",
        partition=0,
        offset=offset,
        timestamp=1_400_000_000_000,
        key=event.council.encode(),
        value=b"{}",
        headers=(),
    )
    return LoggedEvent(record, event)


def folded(*events: Any) -> tuple[Changes, list[Reject]]:
    """Returns the changes of a council's events, and what was set aside."""
    councils = CouncilCache()
    councils.put(events[0].council, NEW_COUNCIL)
    changes = Changes(councils)
    found = [changes.add(logged(event, offset)) for offset, event in enumerate(events)]
    return changes, [reject for reject in found if reject]


def unforeseen() -> Any:
    """Returns a declaration that the rules cannot take, as no schema would let it pass."""
    sound = won("ash", "PP53")
    return WardDeclared.model_construct(**(dict(sound) | {"candidates": None}))


async def test_an_event_that_breaks_the_fold_is_set_aside_alone() -> None:
    """The events before and after it are counted, those of its own ward too."""
    opening = opened(ward("ash"), ward("beech"))
    events = (opening, unforeseen(), won("beech", "PP52"), won("ash", "PP52"))
    changes, rejects = folded(*events)
    without, nothing = folded(opening, won("beech", "PP52"), won("ash", "PP52"))

    assert [(reject.offset, reject.reason) for reject in rejects] == [(1, "broken")]
    assert "replay the reject" in rejects[0].detail
    assert nothing == []
    (change,), (right,) = await changes.encode(), await without.encode()
    assert (change.totals, change.alerts) == (right.totals, right.alerts)


async def test_totals_that_cannot_be_published_are_held_back() -> None:
    """The count goes on, and readers have the council once it can be written again."""
    nameless = opened(ward("ash"), ward("beech")).model_copy(update={"name": "x" * 400})
    changes, rejects = folded(nameless)
    (change,) = await changes.encode()

    assert rejects == []
    assert change.totals is None
    assert change.wards == change.heard_of == ()

    mended = opened(ward("ash"), ward("beech"), revision=2)
    changes, rejects = folded(nameless, mended)
    (change,) = await changes.encode()

    assert rejects == []
    assert b"x" * 400 not in (change.totals or b"")
    assert [name for name, _ in change.wards] == [ballot("ash"), ballot("beech")]
