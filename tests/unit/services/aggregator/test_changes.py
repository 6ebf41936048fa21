from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.reject import Reject
from schemas.ward import WardDeclared
from services.aggregator.changes import Changes
from services.aggregator.council_cache import NEW_COUNCIL, CachedCouncil
from services.aggregator.decode import LoggedEvent
from tests.support.polls import opened, ward, won


async def test_writing_out_yields_to_the_event_loop_between_two_councils() -> None:
    """However many councils a rebuild has, heartbeats go on meanwhile."""
    councils: dict[str, CachedCouncil] = {}
    changes = Changes(councils)
    for number in range(50):
        event = opened(total=3).model_copy(update={"council": f"local.c{number}.2026-05-07"})
        councils[event.council] = NEW_COUNCIL
        changes.add(LoggedEvent(SimpleNamespace(offset=number, partition=0), event))
    writing = asyncio.create_task(changes.write_out())
    iterations = 0
    while not writing.done():
        await asyncio.sleep(0)
        iterations += 1

    assert not writing.result()
    assert len(changes.encoded()) == 50
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


async def folded(*events: Any) -> tuple[Changes, list[Reject]]:
    """Returns the changes of a council's events, and what was set aside."""
    changes = Changes({events[0].council: NEW_COUNCIL})
    found = [changes.add(logged(event, offset)) for offset, event in enumerate(events)]
    assert not await changes.write_out()
    return changes, [reject for reject in found if reject]


def unforeseen(candidates: Any = None) -> Any:
    """Returns a declaration that the rules cannot take, as no schema would let it pass."""
    sound = won("ash", "PP53")
    return WardDeclared.model_construct(**(dict(sound) | {"candidates": candidates}))


class Endless(tuple[Any, ...]):
    """More candidates than memory has room for."""

    __slots__ = ()

    def __iter__(self) -> Any:
        """Runs out of memory."""
        raise MemoryError


async def test_memory_that_runs_out_in_the_rules_says_nothing_of_the_event() -> None:
    """It is not the event's fault: the worker ends, and counts it once it has started again."""
    with pytest.raises(MemoryError):
        await folded(opened(ward("ash"), ward("beech")), unforeseen(Endless("ab")))


async def test_an_event_that_breaks_the_fold_is_set_aside_alone() -> None:
    """The events before and after it are counted, those of its own ward too."""
    opening = opened(ward("ash"), ward("beech"))
    events = (opening, unforeseen(), won("beech", "PP52"), won("ash", "PP52"))
    changes, rejects = await folded(*events)
    without, nothing = await folded(opening, won("beech", "PP52"), won("ash", "PP52"))

    assert [(reject.offset, reject.reason) for reject in rejects] == [(1, "broken")]
    assert "replay the reject" in rejects[0].detail
    assert nothing == []
    (change,), (right,) = changes.encoded(), without.encoded()
    assert (change.totals, change.alerts) == (right.totals, right.alerts)
