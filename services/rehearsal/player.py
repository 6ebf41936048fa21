"""Plays a schedule: sends each event at its time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from services.rehearsal.schedule import Scheduled

Event = TypeVar("Event")


async def play(
    scheduled: Iterable[Scheduled[Event]],
    send: Callable[[Event], Awaitable[object]],
    *,
    clock: Callable[[], float],
    sent: Callable[[Event], None],
) -> None:
    """Sends the events in order, none before its time, and returns when all are acknowledged.

    `clock` returns seconds and never goes back. `send` returns once the event is acknowledged,
    and the next event is sent only then, so that every council's order is kept; a slow
    acknowledgement delays the events after it. `sent` is called after each event. Raises
    whatever `send` raises, and then sends nothing more.
    """
    started_s = clock()
    for entry in scheduled:
        wait_s = started_s + entry.at_s - clock()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        await send(entry.event)
        sent(entry.event)
