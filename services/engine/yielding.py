"""Yields to the event loop, so that alerts go out before work that is less urgent."""

from __future__ import annotations

import asyncio

SEND_ITERATIONS = 3
"""Iterations of the event loop that aiokafka needs from `send` to its request: it wakes its
sender, which starts a task, which writes. If it needed more or fewer, alerts would be later, and
nothing else would change."""

DECLARATION_ITERATIONS = 12
"""Iterations of the event loop from the answer to a fetch to the request with the alerts that
follow from it: some nine, and a few to spare."""


async def yield_to_declarations() -> None:
    """Lets a declaration that has just arrived be counted and its alerts be sent.

    For work that is not urgent. If no declaration has arrived it takes 14 microseconds.
    """
    for _ in range(DECLARATION_ITERATIONS):
        await asyncio.sleep(0)


async def yield_to_alerts(*, after: int = 0) -> None:
    """Lets the request with alerts be written that were sent just before.

    `after` is in how many iterations of the event loop they will be sent, if that is still to
    come. It waits for nothing else: whatever is ready to run meanwhile runs once an iteration.
    """
    for _ in range(after + SEND_ITERATIONS):
        await asyncio.sleep(0)
