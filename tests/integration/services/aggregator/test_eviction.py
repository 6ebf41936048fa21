"""A Redis that would discard councils to make room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from redis.asyncio import Redis

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]

REMEDY = "CONFIG SET maxmemory-policy noeviction"


@pytest.fixture
async def evicting(redis: Redis) -> AsyncIterator[None]:
    """Redis may evict any key while the test runs."""
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    yield
    await redis.config_set("maxmemory-policy", "noeviction")


@pytest.mark.usefixtures("evicting")
@pytest.mark.parametrize("command", [("aggregator", "run"), ("rebuild",)])
async def test_nothing_is_counted_into_a_redis_that_discards(
    command: tuple[str, ...], process: Process
) -> None:
    """The aggregator and a rebuild end with status 2, and say what to set."""
    running = process(*command)

    assert await asyncio.to_thread(running.process.wait, 60) == 2
    assert REMEDY in running.written()
    assert "Traceback" not in running.written()


async def test_a_redis_that_cannot_be_asked_is_warned_of(
    redis: Redis, process: Process, eventually: Eventually
) -> None:
    """With an account that may not ask, as in somebody's own Redis, it counts and warns."""
    await redis.execute_command("ACL", "SETUSER", "aggregator", "-info")
    try:
        running = process("aggregator", "run")
        await eventually(lambda: "+info" in running.written())
        assert running.process.poll() is None
    finally:
        await redis.execute_command("ACL", "SETUSER", "aggregator", "+info")
