from __future__ import annotations

import asyncio
from types import SimpleNamespace

from services.aggregator.changes import Changes
from services.aggregator.council_cache import NEW_COUNCIL, CachedCouncil
from services.aggregator.decode import LoggedEvent
from tests.support.polls import opened


async def test_encoding_yields_to_the_event_loop_between_two_councils() -> None:
    """However many councils a rebuild has, heartbeats go on meanwhile."""
    councils: dict[str, CachedCouncil] = {}
    changes = Changes(councils)
    for number in range(50):
        event = opened(total=3).model_copy(update={"council": f"local.c{number}.2026-05-07"})
        councils[event.council] = NEW_COUNCIL
        changes.add(LoggedEvent(SimpleNamespace(offset=number, partition=0), event))
    assert not await changes.write_out()
    encoding = asyncio.create_task(changes.encode())
    iterations = 0
    while not encoding.done():
        await asyncio.sleep(0)
        iterations += 1

    assert len(encoding.result()) == 50
    assert iterations >= 50
