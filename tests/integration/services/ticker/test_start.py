"""A ticker's start, as a process: what is stored never prevents it, and what does ends it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from services.platform.names import Keys
from services.platform.settings import Settings
from services.ticker.app import create_app
from services.ticker.server import Server, configure
from tests.conftest import Running
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, ballot, declared, opened

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]

ZERO_TIME = "0001-01-01T00:00:00Z"
"""Go's zero time, which an honest client may send by mistake; it has no time in the UK."""


def free_port() -> int:
    """Returns a port that nothing listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def set_declared_at(redis: Redis, settings: Settings, ward: str, time: str) -> None:
    """Changes when a stored ward was declared, as an earlier version may have stored it."""
    key = Keys(settings.namespace).wards(COUNCIL)
    stored = json.loads(await redis.hget(key, ballot(ward)) or b"")
    await redis.hset(key, ballot(ward), json.dumps(stored | {"declared_at": time}))


async def test_a_time_that_no_clock_shows_does_not_keep_the_ticker_from_starting(
    redis: Redis,
    settings: Settings,
    counted: Counted,
    process: Callable[..., Running],
    eventually: Eventually,
) -> None:
    """With Go's zero time in Redis the ticker starts and shows the night and the council."""
    won = [declared(ward, "PP52") for ward in ("Ash", "Beech", "Cedar")]
    await counted.count(opened(), *won)
    await set_declared_at(redis, settings, "Ash", ZERO_TIME)
    alerts = Keys(settings.namespace).alerts(COUNCIL)
    stored = await redis.lrange(alerts, 0, -1)
    assert stored
    for number, alert in enumerate(stored):
        await redis.lset(alerts, number, json.dumps(json.loads(alert) | {"caused_at": ZERO_TIME}))
    port = free_port()
    ticker = process("ticker", "run", ticker_port=str(port))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:

        async def answers() -> bool:
            assert ticker.process.poll() is None, ticker.written()
            try:
                return (await client.get("/health/live")).status_code == 200
            except httpx.HTTPError:
                return False

        await eventually(answers)
        night = await client.get(f"/elections/{ELECTION}")
        council = await client.get(f"/councils/{COUNCIL}")

        assert (night.status_code, council.status_code) == (200, 200)
        assert "Nowhere" in night.text
        assert "Beech" in council.text


async def test_a_ticker_that_cannot_start_ends_with_a_status(
    counted: Counted, process: Callable[..., Running]
) -> None:
    """If its port is taken the process ends, and its status says that it failed."""
    await counted.count(opened(), declared("Ash", "PP52"))
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ticker = process("ticker", "run", ticker_port=str(taken.getsockname()[1]))

        assert ticker.process.wait(60) not in {0, None}


async def test_a_start_that_fails_leaves_nothing_running(
    settings: Settings, counted: Counted
) -> None:
    """The followers that it has begun are ended, so that the process can end."""
    await counted.count(opened(), declared("Ash", "PP52"))
    app = create_app(settings)
    begin = app.router.lifespan_context

    @asynccontextmanager
    async def failing(served: FastAPI) -> AsyncIterator[None]:
        async with begin(served):
            raise OverflowError
            yield

    app.router.lifespan_context = failing
    before = asyncio.all_tasks()
    server = Server(app, configure(app, settings.model_copy(update={"ticker_port": 0})))
    with pytest.raises(SystemExit) as ended:
        await server.serve()

    assert ended.value.code not in {0, None}
    assert asyncio.all_tasks() <= before
