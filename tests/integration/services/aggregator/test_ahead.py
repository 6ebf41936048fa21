from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from services.aggregator.outputs import Outputs
from services.aggregator.processor import BatchProcessor
from services.aggregator.store import Store
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from services.platform.topic_log import DeclarationsLog
from tests.support.aggregator_night import Declarations, expected, night, stored
from tests.support.topics import messages

PATIENCE_S = 20.0


@pytest.fixture
async def worker(
    settings: Settings, redis: Redis, eventually: Callable[..., Awaitable[object]]
) -> AsyncIterator[BatchProcessor]:
    """A worker of the product's parts, in this process."""
    log = DeclarationsLog(settings, beat=lambda: None)

    async def coordinated() -> bool:
        try:
            await log.committed()
        except KafkaUnavailableError:
            return False
        return True

    await eventually(coordinated)
    outputs = Outputs(settings)
    yield BatchProcessor(log, outputs, Store(redis, Keys(settings.namespace)), time.monotonic)
    await outputs.stop()


async def acknowledge() -> None:
    """Nothing is committed here."""


async def by_partition(settings: Settings) -> list[list[Any]]:
    """Returns the log's records, in order, by partition, the fullest first."""
    found: dict[int, list[Any]] = {}
    for record in await messages(settings, Topics(settings.namespace).declarations):
        found.setdefault(record.partition, []).append(record)
    return sorted(found.values(), key=len, reverse=True)


async def test_a_new_council_waits_for_no_other(
    settings: Settings, declarations: Declarations, worker: BatchProcessor
) -> None:
    """Its declarations are folded while those before them are on their way into Redis."""
    facts = night(seed=11, councils=12)
    await declarations.send(facts)
    log = [record for records in await by_partition(settings) for record in records]
    # Nobody finishes what is begun, until all is.
    async with asyncio.timeout(PATIENCE_S):
        for start in range(0, len(log), 10):
            await worker.begin(log[start : start + 10], acknowledge)
    finishing = asyncio.create_task(worker.finish())
    async with asyncio.timeout(PATIENCE_S):
        await worker.finished()
    finishing.cancel()

    right = expected(facts)
    assert await stored(settings, right.totals) == right


async def test_what_was_forgotten_is_loaded_once_redis_has_it(
    settings: Settings, declarations: Declarations, worker: BatchProcessor, redis: Redis
) -> None:
    """A council with changes on their way is not taken up again from before them."""
    facts = night(seed=12, councils=12)
    await declarations.send(facts)
    records = (await by_partition(settings))[0]
    partition = records[0].partition
    third = len(records) // 3
    await worker.count(records[:third])
    await worker.begin(records[third : 2 * third], acknowledge)
    await redis.flushdb()
    await worker.look_after([partition])
    beginning = asyncio.create_task(worker.begin(records[2 * third :], acknowledge))
    await asyncio.sleep(0)
    finishing = asyncio.create_task(worker.finish())
    async with asyncio.timeout(PATIENCE_S):
        await beginning
        await worker.finished()
    finishing.cancel()

    named = {record.key.decode() for record in records}
    right = expected([fact for fact in facts if fact.council in named])
    found = await stored(settings, named)
    assert found.totals == right.totals
    assert found.wards == right.wards
    assert found.alerts == right.alerts
