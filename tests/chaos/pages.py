"""What the ticker shows at the end of a night, compared with what Redis has."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import httpx
import orjson

from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.settings import Settings
from tests.chaos.judgement import Judgement

SHOWN_TIMEOUT_S = 60.0
"""How long the ticker may take to show what Redis has: the last faults may have killed it, or cut
it off from Redis, and then it starts or connects again first."""

POLL_S = 0.2


async def read_pages(ticker: str, settings: Settings) -> dict[str, Any]:
    """Returns each council as the ticker serves it, by id, once that is what Redis has.

    After SHOWN_TIMEOUT_S it returns what is served then.
    """
    deadline_s = time.monotonic() + SHOWN_TIMEOUT_S
    async with httpx.AsyncClient(timeout=SHOWN_TIMEOUT_S, base_url=ticker) as client:
        while True:
            is_late = time.monotonic() > deadline_s
            try:
                pages = await _councils(client)
            except httpx.HTTPError:
                if is_late:
                    raise
            else:
                if is_late or not await _differing(settings, pages):
                    return pages
            await asyncio.sleep(POLL_S)


async def _councils(client: httpx.AsyncClient) -> dict[str, Any]:
    found = {}
    answer = (await client.get("/v1/elections")).raise_for_status()
    for election in answer.json()["elections"]:
        answer = (await client.get(f"/v1/elections/{election}/councils")).raise_for_status()
        found |= {each["council"]: each for each in answer.json()["councils"]}
    return found


async def judge_pages(found: Judgement, settings: Settings, pages: Mapping[str, Any]) -> None:
    """Checks that the ticker served what Redis has, which is itself compared with the log."""
    for council in await _differing(settings, pages):
        found.fault("wrong_totals", [f"{council} on the ticker"])


async def _differing(settings: Settings, pages: Mapping[str, Any]) -> list[str]:
    """Returns the councils that are served otherwise than Redis has them, or not at all."""
    keys = Keys(settings.namespace)
    differing = []
    async with connect(settings) as redis:
        for election in await redis.smembers(keys.elections()):
            for council in await redis.smembers(keys.councils(election.decode())):
                totals = await redis.hget(keys.council(council.decode()), "totals")
                if totals and orjson.loads(totals) != pages.get(council.decode()):
                    differing.append(council.decode())
    return differing
