from __future__ import annotations

import asyncio
import contextlib

from services.ticker.tasks import stop_tasks


async def ignoring_one_cancellation() -> None:
    """Goes on after the first cancellation, as a wait that was about to end does."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(3_600)
    await asyncio.sleep(3_600)


async def failing() -> None:
    """Ends with an exception."""
    raise ValueError("on purpose")


async def test_a_task_that_loses_its_cancellation_is_cancelled_again() -> None:
    """Neither such a task nor an exception of another keeps the process from ending."""
    tasks = [asyncio.create_task(ignoring_one_cancellation()), asyncio.create_task(failing())]
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await stop_tasks(tasks)

    assert all(task.done() for task in tasks)


async def test_there_may_be_no_tasks_to_stop() -> None:
    """A ticker that has had no requests has no tasks."""
    await stop_tasks([])
