"""Batches: what comes along, and what a rebalance has taken away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from mode.utils.queues import FlowControlEvent, ThrowableQueue

from services.aggregator.batch import BATCH_DECLARATIONS_MAX, batches

GENERATION = 7


class App:
    """As much of a Faust app as batches look at."""

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


def message(declarations: int, generation: int = GENERATION) -> Any:
    """Returns as much of a message as batches look at."""
    return SimpleNamespace(value=["a record"] * declarations, generation_id=generation)


def queue_of(*messages: Any) -> asyncio.Queue[Any]:
    """Returns a queue in which messages have arrived."""
    queue: asyncio.Queue[Any] = asyncio.Queue()
    for each in messages:
        queue.put_nowait(each)
    return queue


def taken(app: App, queue: asyncio.Queue[Any]) -> AsyncIterator[list[Any]]:
    """Returns the batches of a queue."""
    return batches(app, queue)  # type: ignore[arg-type] # as much of an app as is looked at


async def test_whatever_has_arrived_is_one_batch_in_its_order(app: App) -> None:
    """Several messages that wait are taken together, and each is tracked."""
    waiting = [message(1), message(3), message(2)]

    assert await anext(taken(app, queue_of(*waiting))) == waiting
    assert app.tracked == waiting


async def test_a_batch_is_not_waited_to_fill(app: App) -> None:
    """The first message is waited for and goes at once, alone if nothing else is there."""
    queue = queue_of()
    batch = asyncio.ensure_future(anext(taken(app, queue)))
    await asyncio.sleep(0)
    assert not batch.done()
    only = message(1)
    queue.put_nowait(only)

    assert await batch == [only]


async def test_a_full_batch_leaves_the_rest_to_the_next(app: App) -> None:
    """Once it has as many declarations as a batch may, no further message comes along."""
    first, second, third = message(BATCH_DECLARATIONS_MAX - 1), message(1), message(1)
    coming = taken(app, queue_of(first, second, third))

    assert await anext(coming) == [first, second]
    assert await anext(coming) == [third]


async def test_what_was_fetched_before_a_rebalance_is_neither_counted_nor_tracked(
    app: App,
) -> None:
    """Its partition may be another worker's; were it tracked, its offset could be committed."""
    stale, current = message(1, GENERATION - 1), message(1)

    assert await anext(taken(app, queue_of(stale, current))) == [current]
    assert app.tracked == [current]


async def test_nothing_is_taken_while_a_rebalance_is_under_way(app: App) -> None:
    """What arrives meanwhile is left out; counting goes on with what comes after."""
    app.flowing = False
    queue = queue_of(message(1))
    batch = asyncio.ensure_future(anext(taken(app, queue)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not batch.done()
    app.flowing = True
    after = message(1)
    queue.put_nowait(after)

    assert await batch == [after]
    assert app.tracked == [after]


async def test_a_stopped_agent_takes_nothing_more(app: App) -> None:
    """Faust ends a stream through its queue; what still waits there is the next worker's."""
    queue: ThrowableQueue[Any] = ThrowableQueue(flow_control=FlowControlEvent())
    batch = asyncio.ensure_future(anext(taken(app, queue)))
    await asyncio.sleep(0)
    queue.put_nowait(message(1))
    await queue.throw(StopAsyncIteration())

    with pytest.raises(StopAsyncIteration):
        await batch
    assert app.tracked == []
