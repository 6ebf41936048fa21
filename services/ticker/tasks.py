"""Stops asyncio tasks for certain."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final

CANCEL_AGAIN_AFTER_S: Final = 0.5
"""How long a task may take to end before it is cancelled again."""


async def stop_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancels tasks until all of them have ended; exceptions that they raise are dropped.

    Once is not enough: `asyncio.wait_for` of Python 3.11, which redis-py uses to send, loses a
    cancellation that arrives just as its wait ends, and the task would run for ever.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        ended, running = await asyncio.wait(running, timeout=CANCEL_AGAIN_AFTER_S)
        for task in ended:
            # Retrieved, because asyncio would log it as an exception that nobody retrieved.
            _ = task.cancelled() or task.exception()
