"""Turns: what goes first when a fold has left much to do at once."""

from __future__ import annotations

import asyncio

TURNS_OF_A_SEND = 3
"""Turns of the loop that aiokafka takes from a send to its request: it wakes its sender, which
starts a task, which writes. Were it more or fewer, alerts would be later and nothing else."""


async def let_alerts_go(*, after: int = 0) -> None:
    """Returns once alerts that were sent in this turn, or so many `after` it, have gone out.

    Nobody is waited for: what is ready to run has its turn, and then this returns.
    """
    for _ in range(after + TURNS_OF_A_SEND):
        await asyncio.sleep(0)
