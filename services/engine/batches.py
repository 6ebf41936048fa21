"""The Faust agents: take a batch, have it counted; and acknowledge it once it is committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from services.engine.app import App, topic_of
from services.engine.exits import or_exit

BATCH_RECORDS_MAX = 2_000
"""Records after which a batch takes no further fetch. It bounds what a crash repeats and
the time of one Redis script; a script of this size takes some ten milliseconds."""

Begin = Callable[[Sequence[Any], Callable[[], Awaitable[None]]], Awaitable[None]]
"""What counts a batch of records: it acknowledges them with its second argument once they are
stored, and may return before that."""


def add_agent(app: App, topic: str, begin: Begin) -> None:
    """Adds the one agent of a topic.

    `concurrency` is 1: a partition has one order, and so has its commit.
    """

    @app.agent(topic_of(app, topic), name=f"count {topic}", concurrency=1)
    async def count(stream: Any) -> None:
        with or_exit():
            async for fetches in batches(app, stream.channel.queue):
                records = [record for fetch in fetches for record in fetch.records]
                await begin(records, partial(_acknowledge, app, fetches))


async def batches(app: App, queue: asyncio.Queue[Any]) -> AsyncIterator[list[Any]]:
    """Yields batches: everything that has arrived, without waiting for more.

    Each is a list of at least one fetch, in the order of arrival. Each fetch is tracked, so that
    a rebalance waits until it is acknowledged. A fetch from before a rebalance is left out:
    whoever has its partition now fetches it again. Ends when Faust ends it, by a
    StopAsyncIteration in the queue, as the agent stops.
    """
    while True:
        try:
            fetches = _current(app, await queue.get())
        except StopAsyncIteration:
            return
        while not queue.empty() and _records(fetches) < BATCH_RECORDS_MAX:
            fetches += _current(app, queue.get_nowait())
        if fetches:
            yield fetches


def _current(app: App, fetch: Any) -> list[Any]:
    if fetch.generation != app.consumer_generation_id or not app.flow_control.is_active():
        return []
    app.consumer.track_message(fetch)
    return [fetch]


def _records(fetches: list[Any]) -> int:
    return sum(len(fetch.records) for fetch in fetches)


async def _acknowledge(app: App, fetches: list[Any]) -> None:
    for fetch in fetches:
        app.consumer.ack(fetch)
