"""A small night in Redis, and a client of a ticker that shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from redis.asyncio import Redis

from services.platform.settings import Settings
from tests.support.counted import Counted
from tests.support.ticking import declared, opened, ticking


@pytest.fixture
def counted(redis: Redis, settings: Settings) -> Counted:
    """Counts declarations into the test's Redis, which has none at first."""
    return Counted(redis, settings.namespace)


@pytest.fixture
async def client(counted: Counted, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a ticker that shows one council with two of its five wards declared."""
    await counted.count(opened(), declared("Ash", "PP52"), declared("Beech", "PP52"))
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url, timeout=10) as client:
        yield client
