"""A ticker that is told to stop does."""

from __future__ import annotations

import asyncio
import contextlib

from services.ticker.tasks import stop_tasks


async def forgetful() -> None:
    """Goes on after the first cancellation, as a wait that was just over does."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(3_600)
    await asyncio.sleep(3_600)


async def faulty() -> None:
    """Ends with an error of its own."""
    raise ValueError("told so")


async def test_a_task_that_forgets_it_was_cancelled_is_told_again() -> None:
    """No task keeps the process from ending, nor does what another raises."""
    tasks = [asyncio.create_task(forgetful()), asyncio.create_task(faulty())]
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await stop_tasks(tasks)

    assert all(task.done() for task in tasks)


async def test_there_may_be_nothing_to_stop() -> None:
    """A ticker that nobody has asked for anything follows nothing."""
    await stop_tasks([])
