"""Turns: what goes first when a fold has left much to do at once."""

from __future__ import annotations

import asyncio

TURNS_OF_A_SEND = 3
"""Turns of the loop that aiokafka takes from a send to its request: it wakes its sender, which
starts a task, which writes. Were it more or fewer, alerts would be later and nothing else."""

TURNS_OF_A_DECLARATION = 12
"""Turns from the answer to a fetch to the request with the alerts that follow from it: some nine,
and a few to spare."""


async def give_way() -> None:
    """Lets a declaration that is on its way through pass, as far as to its alerts' request.

    For work that is in no hurry. Where none is on its way it takes 14 microseconds.
    """
    for _ in range(TURNS_OF_A_DECLARATION):
        await asyncio.sleep(0)


async def let_alerts_go(*, after: int = 0) -> None:
    """Returns once alerts that were sent in this turn, or so many `after` it, have gone out.

    Nobody is waited for: what is ready to run has its turn, and then this returns.
    """
    for _ in range(after + TURNS_OF_A_SEND):
        await asyncio.sleep(0)
