"""A batch: whole what has arrived, never a wait for more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

BATCH_DECLARATIONS_MAX = 2_000
"""Declarations after which a batch takes no further fetch. It bounds what a crash repeats and
the time of one Redis script; a script of this size takes some ten milliseconds."""


async def batches(stream: Any) -> AsyncIterator[list[Any]]:
    """Yields lists of Faust events, at least one each, in the order of arrival.

    The first event of a batch is waited for; what else has arrived by then comes along. Nothing
    is acknowledged here.
    """
    manual = stream.noack()
    async for event in manual.events():
        yield [event, *_waiting(manual, len(event.value))]


def _waiting(stream: Any, taken: int) -> list[Any]:
    """Returns what the stream's queue holds, up to the limit, tracked as Faust itself would."""
    app, queue = stream.app, stream.channel.queue
    events: list[Any] = []
    while taken < BATCH_DECLARATIONS_MAX and not queue.empty():
        event = queue.get_nowait()
        message = event.message
        if message.generation_id != app.consumer_generation_id or not app.flow_control.is_active():
            # Fetched before a rebalance: whoever owns the partition now fetches it again.
            continue
        message.tracked = True
        app.consumer.track_message(message)
        events.append(event)
        taken += len(event.value)
    return events
