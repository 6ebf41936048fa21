"""A batch: whole what has arrived, never a wait for more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import faust

BATCH_DECLARATIONS_MAX = 2_000
"""Declarations after which a batch takes no further fetch. It bounds what a crash repeats and
the time of one Redis script; a script of this size takes some ten milliseconds."""


async def batches(app: faust.App, queue: asyncio.Queue[Any]) -> AsyncIterator[list[Any]]:
    """Yields lists of Faust's messages, at least one each, in the order of arrival.

    The first message of a batch is waited for; what else has arrived by then comes along. Each
    is tracked, so that a rebalance waits until it is acknowledged, which is not done here. A
    message fetched before a rebalance is left out: whoever has its partition now fetches it
    again. Ends where Faust ends it: by a StopAsyncIteration in the queue, when the agent stops.
    """
    while True:
        try:
            messages = _current(app, await queue.get())
        except StopAsyncIteration:
            return
        while not queue.empty() and _declarations(messages) < BATCH_DECLARATIONS_MAX:
            messages += _current(app, queue.get_nowait())
        if messages:
            yield messages


def _current(app: faust.App, message: Any) -> list[Any]:
    if message.generation_id != app.consumer_generation_id or not app.flow_control.is_active():
        return []
    app.consumer.track_message(message)
    return [message]


def _declarations(messages: list[Any]) -> int:
    return sum(len(message.value) for message in messages)
