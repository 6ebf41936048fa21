from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from services.platform.names import Keys
from services.platform.settings import Settings
from tests.support.counted import Counted
from tests.support.ticking import ELECTION, opened, ticking

pytestmark = pytest.mark.redis_only


async def test_no_reader_waits_for_the_night_to_be_loaded(
    redis: Redis, counted: Counted, settings: Settings
) -> None:
    """The latest election is in memory once the ticker listens, whatever Redis does then."""
    await counted.count(opened())
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        await redis.unlink(Keys(settings.namespace).elections())

        assert (await client.get(f"/elections/{ELECTION}")).status_code == 200


async def test_a_ticker_starts_without_redis(settings: Settings) -> None:
    """It listens and says what is missing, so that it need not be started again."""
    without = settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:9/0")})
    async with ticking(without) as url, httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/v1/elections")).status_code == 503
        assert (await client.get("/health/live")).status_code == 200
