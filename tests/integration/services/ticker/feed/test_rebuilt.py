"""A ticker that has read a Redis with holes, which is then rebuilt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from redis.asyncio import Redis

from services.platform.names import Keys
from services.platform.settings import Settings
from tests.support.aggregator_night import ELECTION, Declarations, expected, night
from tests.support.ticking import Reader, ticking

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]


async def test_a_ticker_shows_what_a_rebuild_has_repaired(
    settings: Settings,
    redis: Redis,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
) -> None:
    """Wards that Redis had lost are on the page after `livecount rebuild`, without a restart."""
    facts = night(seed=3)
    right = expected(facts)
    aggregator = process("aggregator", "run")
    await declarations.count(facts)
    await asyncio.to_thread(aggregator.end)
    council, wards = next(iter(right.wards.items()))
    await redis.delete(Keys(settings.namespace).wards(council))

    async with ticking(settings) as url, httpx.AsyncClient(base_url=url, timeout=10) as client:

        async def shown() -> int:
            answer = await client.get(f"/v1/councils/{council}")
            return len(answer.json()["wards"])

        assert await shown() == 0
        async with Reader(f"{url}/v1/stream?election={ELECTION}") as reader:
            rebuilt = process("rebuild")
            assert await asyncio.to_thread(rebuilt.process.wait, 60) == 0

            async def complete() -> bool:
                return await shown() == len(wards)

            await eventually(complete)
            await eventually(lambda: reader.of("reset"))
