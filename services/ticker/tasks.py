"""Tasks that are ended for good."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final

AGAIN_AFTER_S: Final = 0.5
"""How long a task may take to end before it is told again."""


async def stop_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancels tasks until each has ended; what they raise is dropped.

    Once is not enough: `asyncio.wait_for` of Python 3.11, with which redis-py sends, forgets a
    cancellation that comes as its wait is over, and the task would go on for ever.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        ended, running = await asyncio.wait(running, timeout=AGAIN_AFTER_S)
        for task in ended:
            # Looked at, so that asyncio does not complain that nobody did.
            _ = task.cancelled() or task.exception()
