"""Plays a schedule: sends each event when its time has come."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from schemas.events import Event
from services.rehearsal.schedule import Scheduled

Send = Callable[[Event], Awaitable[object]]
Sent = Callable[[Event], None]


async def play(
    scheduled: Sequence[Scheduled], send: Send, *, clock: Callable[[], float], sent: Sent
) -> None:
    """Sends each event in order, never before its time, and returns when all are acknowledged.

    `clock` gives seconds that only grow. `send` returns once the event has been acknowledged;
    the next is not sent before, so each council's order is kept. A slow acknowledgement delays
    what follows rather than dropping it. `sent` is called after each. What `send` raises ends
    the replay.
    """
    started_s = clock()
    for entry in scheduled:
        wait_s = started_s + entry.at_s - clock()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        await send(entry.event)
        sent(entry.event)
