"""Waiting: until what was started does what it should."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx

READY_TIMEOUT_S = 60.0
"""How long a service may take to start, or to catch up; it takes seconds."""


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Returns once a condition holds; raises TimeoutError if it does not in READY_TIMEOUT_S."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not await condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} took longer than {READY_TIMEOUT_S:g} s")
        await asyncio.sleep(0.1)


async def answers(client: httpx.AsyncClient, path: str) -> bool:
    """Returns whether an address is answered with 200."""
    try:
        return (await client.get(path)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
