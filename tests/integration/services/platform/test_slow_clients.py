"""Intake and the ticker while hundreds of clients only hold connections."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from benchmarks.hostile import KINDS, Crowd, Target
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.counted import Counted
from tests.support.intake_log import log, notice
from tests.support.ticking import COUNCIL, opened

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]
Ask = Callable[[], Awaitable[int]]

TOKEN = "a-token-of-the-test"  # noqa: S105 -- opens nothing but this test's intake
OF_EACH_KIND = 100
REQUESTS = 50


@pytest.fixture
def port() -> int:
    """A port for the service."""
    (free,) = free_ports(1, random.SystemRandom())
    return free


async def ready(port: int) -> bool:
    """Returns whether a service answers that it is ready."""
    with suppress(httpx.TransportError):
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"http://127.0.0.1:{port}/health/ready")
            return answer.status_code == 200
    return False


def numbers() -> Iterator[int]:
    """Returns the revisions of declarations, one after the other."""
    yield from range(1, 1_000)


async def hold_out(target: Target, ask: Ask, expected: int, eventually: Eventually) -> None:
    """Checks that sound requests are answered beside every crowd, and that the crowds are ended.

    Each sound request has a connection of its own, so that it needs a place.
    """
    async with AsyncExitStack() as stack:
        crowds = [
            await stack.enter_async_context(Crowd(target, kind, OF_EACH_KIND)) for kind in KINDS
        ]
        assert [len(crowd.open) for crowd in crowds] == [OF_EACH_KIND] * len(KINDS)
        answers = [await ask() for _ in range(REQUESTS)]
        assert answers == [expected] * REQUESTS

        def ended() -> bool:
            for crowd in crowds:
                crowd.tick()
            return all(crowd.ended >= OF_EACH_KIND for crowd in crowds)

        await eventually(ended)
        assert await ask() == expected


async def test_intake_acknowledges_beside_slow_clients(
    process: Process, settings: Settings, port: int, eventually: Eventually
) -> None:
    """Declarations are acknowledged beside every kind of slow client, which are all closed."""
    process("intake", "run", intake_port=str(port), intake_token=TOKEN)
    await eventually(lambda: ready(port))
    revision = numbers()

    async def declare() -> int:
        async with httpx.AsyncClient(trust_env=False, timeout=60.0) as client:
            answer = await client.post(
                f"http://127.0.0.1:{port}/v1/declarations",
                json=notice(next(revision)),
                headers={"authorization": f"Bearer {TOKEN}"},
            )
            return answer.status_code

    target = Target(port, "/openapi.json", "/v1/declarations", TOKEN)
    await hold_out(target, declare, 202, eventually)

    assert len(await log(settings)) == REQUESTS + 1


async def test_the_ticker_answers_beside_slow_clients(
    process: Process, settings: Settings, redis: Redis, port: int, eventually: Eventually
) -> None:
    """Pages are answered beside every kind of slow client, which are all closed."""
    await Counted(redis, settings.namespace).count(opened())
    process("ticker", "run", ticker_port=str(port))
    await eventually(lambda: ready(port))
    page = f"/councils/{COUNCIL}"

    async def read() -> int:
        async with httpx.AsyncClient(trust_env=False, timeout=60.0) as client:
            return (await client.get(f"http://127.0.0.1:{port}{page}")).status_code

    await hold_out(Target(port, page), read, 200, eventually)


async def test_slow_bodies_take_no_places(
    process: Process, settings: Settings, port: int, eventually: Eventually
) -> None:
    """However many bodies have begun with the right token, a declaration does not wait for them."""
    process("intake", "run", intake_port=str(port), intake_token=TOKEN)
    await eventually(lambda: ready(port))
    target = Target(port, "/openapi.json", "/v1/declarations", TOKEN)
    async with Crowd(target, "slow body", 200) as crowd:
        async with httpx.AsyncClient(trust_env=False, timeout=60.0) as client:
            answers = await asyncio.gather(
                *(
                    client.post(
                        f"http://127.0.0.1:{port}/v1/declarations",
                        json=notice(revision),
                        headers={"authorization": f"Bearer {TOKEN}"},
                    )
                    for revision in range(1, 21)
                )
            )
        assert [answer.status_code for answer in answers] == [202] * 20
        assert len(crowd.open) == 200

    assert len(await log(settings)) == 20
