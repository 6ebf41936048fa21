"""Milestones: from just before the send of a council's totals to the alert about the whole night.

The second stage runs alone. In each council all wards but one are declared, and the totals that
decide it are put into `totals`, as an aggregator does. Each takes the night past a mark of its own,
so each makes one alert, and the order in which councils were added up says which.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from benchmarks.bed import load_average, namespace
from benchmarks.delays import figures_of
from benchmarks.engine import service
from benchmarks.load import all_but_the_last, in_the_balance, swing
from benchmarks.running import Running
from election.council import Council
from election.fold import apply
from election.totals import council_totals
from schemas.envelope import Envelope, content_id, message_type
from schemas.totals import CouncilTotals
from services.platform import kafka
from services.platform.names import Keys, Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.stack import Stack
from services.platform.topic_log import Log

RATE_PER_S = 50
COUNCILS = 200
"""Each decides once, and a plan has 200 marks at most. The busiest night of the UK has some 400."""

WARM = 20
"""Milestones before those that are measured: connections and caches are cold."""

START_TIMEOUT_S = 60.0
LAST_TIMEOUT_S = 20.0
SETTLE_S = 3.0
AT_MOST_MS = 20.0
ELECTION = "local.2014-05-22"


def measure(stack: Stack, logs: Path) -> dict[str, Any]:
    """Returns one run: how many alerts arrived, and p50 and p99 in milliseconds."""
    before, after = _totals()
    file = logs / "milestones-nation.toml"
    file.write_text(
        "".join(
            f'[[mark]]\nname = "{number} decided"\ncount = "councils_decided"\n'
            f"at_least = {number}\n"
            for number in range(1, COUNCILS + 1)
        )
    )
    with namespace(stack) as settings:
        log = logs / f"milestones-{settings.namespace}.log"
        extra = {"LIVECOUNT_NATION_FILE": str(file)}
        with Running(service("nation"), settings, log, environment=extra) as running:
            return uvloop.run(_measure(running, settings, before, after))


def _totals() -> tuple[list[CouncilTotals], list[CouncilTotals]]:
    """Returns the totals of each council before its last ward, and those that decide it."""
    chance = random.Random(COUNCILS)  # noqa: S311 - a load to repeat, no secret
    before, after = [], []
    for place in in_the_balance(COUNCILS):
        council: Council | None = None
        for event in all_but_the_last(place, chance):
            council, _ = apply(event, council)
        before.append(_of(council))
        council, _ = apply(swing(place, 1, chance), council)
        after.append(_of(council))
    return before, after


def _of(council: Council | None) -> CouncilTotals:
    totals = council_totals(council) if council is not None else None
    assert totals is not None
    return totals


async def _measure(
    running: Running,
    settings: Settings,
    before: Sequence[CouncilTotals],
    after: Sequence[CouncilTotals],
) -> dict[str, Any]:
    topics = Topics(settings.namespace)
    producer = kafka.producer(settings, "bench-producer")
    reader = kafka.consumer(settings, topics.alerts, group_id=None, client_id="bench-reader")
    await producer.start()
    await reader.start()
    came: list[float] = []
    reading = asyncio.create_task(_arrivals(reader, came))
    sent: dict[str, float] = {}
    try:
        for each in before:
            await _send(producer, topics.totals, each)
        await _until_added_up(running, settings, len(before))
        await asyncio.sleep(SETTLE_S)
        load_before = load_average()
        for each in after:
            sent[each.council] = time.time()
            await _send(producer, topics.totals, each)
            await asyncio.sleep(1 / RATE_PER_S)
        deadline = time.monotonic() + LAST_TIMEOUT_S
        while len(came) < len(sent) and time.monotonic() < deadline:
            running.check()
            await asyncio.sleep(0.1)
        order = await _order(settings, len(before))
    finally:
        reading.cancel()
        await producer.stop()
        await reader.stop()
    arrived = dict(zip(order, came, strict=False))
    measured = list(sent)[WARM:]
    return {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "rate_per_s": RATE_PER_S,
        "milestones": len(measured),
        "councils": COUNCILS,
        "load_before": load_before,
        "at_most_ms": AT_MOST_MS,
        **figures_of(arrived, {council: sent[council] for council in measured}),
    }


async def _send(producer: AIOKafkaProducer, topic: str, totals: CouncilTotals) -> None:
    value = totals.model_dump_json().encode()
    kind = message_type("totals")
    envelope = Envelope(id=content_id(value), source="/livecount/aggregator", type=kind)
    key = totals.council.encode()
    await producer.send(topic, value, key=key, headers=envelope.headers())


async def _arrivals(reader: AIOKafkaConsumer, came: list[float]) -> None:
    """Notes when each alert came, until it is cancelled."""
    async for record in reader:
        now = time.time()
        if orjson.loads(record.value)["kind"] == "milestone":
            came.append(now)


async def _until_added_up(running: Running, settings: Settings, councils: int) -> None:
    keys = Keys(settings.namespace)
    deadline = time.monotonic() + START_TIMEOUT_S
    async with connect(settings) as redis:
        while True:
            running.check()
            found = await redis.hget(keys.national(ELECTION), "night")
            if found is not None and orjson.loads(found)["councils"]["opened"] == councils:
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"{councils} councils were not added up in {START_TIMEOUT_S} s")
            await asyncio.sleep(0.1)


async def _order(settings: Settings, skipped: int) -> list[str]:
    """Returns the councils in the order in which they were added up, but for the first."""
    async with Log(settings) as log:
        topic = log.topics.night
        found = [
            orjson.loads(record.value)["council"]
            async for record in log.read(topic, await log.ends(topic))
        ]
    return found[skipped:]
