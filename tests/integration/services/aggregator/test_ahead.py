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

TIMEOUT_S = 20.0


@pytest.fixture
async def worker(
    settings: Settings, redis: Redis, eventually: Callable[..., Awaitable[object]]
) -> AsyncIterator[BatchProcessor]:
    """A batch processor with real Kafka and Redis, in this process."""
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
    """Does nothing: these tests commit no offsets."""


async def by_partition(settings: Settings) -> list[list[Any]]:
    """Returns the records of each partition, in order; the partition with the most comes first."""
    found: dict[int, list[Any]] = {}
    for record in await messages(settings, Topics(settings.namespace).declarations):
        found.setdefault(record.partition, []).append(record)
    return sorted(found.values(), key=len, reverse=True)


async def test_a_council_that_is_new_does_not_wait_for_commits(
    settings: Settings, declarations: Declarations, worker: BatchProcessor
) -> None:
    """Its declarations are folded while those before them are not yet in Redis."""
    facts = night(seed=11, councils=12)
    await declarations.send(facts)
    log = [record for records in await by_partition(settings) for record in records]
    # All batches are begun before any is finished.
    async with asyncio.timeout(TIMEOUT_S):
        for start in range(0, len(log), 10):
            await worker.begin(log[start : start + 10], acknowledge)
    finishing = asyncio.create_task(worker.finish())
    async with asyncio.timeout(TIMEOUT_S):
        await worker.finished()
    finishing.cancel()

    right = expected(facts)
    assert await stored(settings, right.totals) == right


async def test_an_evicted_council_is_loaded_only_once_redis_has_its_changes(
    settings: Settings, declarations: Declarations, worker: BatchProcessor, redis: Redis
) -> None:
    """A council with unfinished changes is not loaded as it was before them."""
    facts = night(seed=12, councils=12)
    await declarations.send(facts)
    records = (await by_partition(settings))[0]
    partition = records[0].partition
    third = len(records) // 3
    await worker.count(records[:third])
    await worker.begin(records[third : 2 * third], acknowledge)
    await redis.flushdb()
    await worker.verify([partition])
    beginning = asyncio.create_task(worker.begin(records[2 * third :], acknowledge))
    await asyncio.sleep(0)
    finishing = asyncio.create_task(worker.finish())
    async with asyncio.timeout(TIMEOUT_S):
        await beginning
        await worker.finished()
    finishing.cancel()

    named = {record.key.decode() for record in records}
    right = expected([fact for fact in facts if fact.council in named])
    found = await stored(settings, named)
    assert found.totals == right.totals
    assert found.wards == right.wards
    assert found.alerts == right.alerts
