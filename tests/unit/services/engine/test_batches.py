"""The agent's batches: what is taken together, and what a rebalance has taken away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from mode.utils.queues import FlowControlEvent, ThrowableQueue

from services.engine.batches import BATCH_RECORDS_MAX, batches
from services.engine.fetch import Fetch

GENERATION = 7


class App:
    """As much of a Faust app as the agent uses."""

    def __init__(self) -> None:
        self.consumer_generation_id = GENERATION
        self.flowing = True
        self.tracked: list[Any] = []
        self.consumer = SimpleNamespace(track_message=self.tracked.append)
        self.flow_control = SimpleNamespace(is_active=lambda: self.flowing)


@pytest.fixture
def app() -> App:
    """An app in the middle of a generation."""
    return App()


def fetch(declarations: int, generation: int = GENERATION) -> Fetch:
    """Returns a fetch of so many declarations."""
    records = [SimpleNamespace(offset=number) for number in range(declarations)]
    return Fetch(TopicPartition("declarations", 0), records, generation)


def queue_of(*fetches: Any) -> asyncio.Queue[Any]:
    """Returns a queue in which fetches have arrived."""
    queue: asyncio.Queue[Any] = asyncio.Queue()
    for each in fetches:
        queue.put_nowait(each)
    return queue


def taken(app: App, queue: asyncio.Queue[Any]) -> AsyncIterator[list[Any]]:
    """Returns the batches of a queue."""
    return batches(app, queue)  # type: ignore[arg-type] # as much of an app as is looked at


async def test_whatever_has_arrived_is_one_batch_in_its_order(app: App) -> None:
    """Several fetches that wait are taken together, and each is tracked."""
    waiting = [fetch(1), fetch(3), fetch(2)]

    assert await anext(taken(app, queue_of(*waiting))) == waiting
    assert app.tracked == waiting


async def test_a_batch_is_not_waited_to_fill(app: App) -> None:
    """The first fetch is waited for and goes at once, alone if nothing else is there."""
    queue = queue_of()
    batch = asyncio.ensure_future(anext(taken(app, queue)))
    await asyncio.sleep(0)
    assert not batch.done()
    only = fetch(1)
    queue.put_nowait(only)

    assert await batch == [only]


async def test_a_full_batch_leaves_the_rest_to_the_next(app: App) -> None:
    """Once it has as many declarations as a batch may, no further fetch comes along."""
    first, second, third = fetch(BATCH_RECORDS_MAX - 1), fetch(1), fetch(1)
    coming = taken(app, queue_of(first, second, third))

    assert await anext(coming) == [first, second]
    assert await anext(coming) == [third]


async def test_what_was_fetched_before_a_rebalance_is_neither_counted_nor_tracked(
    app: App,
) -> None:
    """Its partition may be another worker's; were it tracked, its offset could be committed."""
    stale, current = fetch(1, GENERATION - 1), fetch(1)

    assert await anext(taken(app, queue_of(stale, current))) == [current]
    assert app.tracked == [current]


async def test_nothing_is_taken_while_a_rebalance_is_under_way(app: App) -> None:
    """What arrives meanwhile is left out; counting goes on with what comes after."""
    app.flowing = False
    queue = queue_of(fetch(1))
    batch = asyncio.ensure_future(anext(taken(app, queue)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not batch.done()
    app.flowing = True
    after = fetch(1)
    queue.put_nowait(after)

    assert await batch == [after]
    assert app.tracked == [after]


async def test_a_stopped_agent_takes_nothing_more(app: App) -> None:
    """Faust ends a stream through its queue; what still waits there is the next worker's."""
    queue: ThrowableQueue[Any] = ThrowableQueue(flow_control=FlowControlEvent())
    batch = asyncio.ensure_future(anext(taken(app, queue)))
    await asyncio.sleep(0)
    queue.put_nowait(fetch(1))
    await queue.throw(StopAsyncIteration())

    with pytest.raises(StopAsyncIteration):
        await batch
    assert app.tracked == []
