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

READY_TIMEOUT_S = 60.0
"""A ticker that was killed by the last fault may still be starting."""

POLL_S = 0.2


async def read_pages(ticker: str) -> dict[str, Any]:
    """Returns each council as the ticker serves it, by id."""
    deadline_s = time.monotonic() + READY_TIMEOUT_S
    async with httpx.AsyncClient(timeout=READY_TIMEOUT_S, base_url=ticker) as client:
        while True:
            try:
                return await _councils(client)
            except httpx.HTTPError:
                if time.monotonic() > deadline_s:
                    raise
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
    keys = Keys(settings.namespace)
    async with connect(settings) as redis:
        for election in await redis.smembers(keys.elections()):
            for council in await redis.smembers(keys.councils(election.decode())):
                totals = await redis.hget(keys.council(council.decode()), "totals")
                if totals and orjson.loads(totals) != pages.get(council.decode()):
                    found.fault("wrong_totals", [f"{council.decode()} on the ticker"])
