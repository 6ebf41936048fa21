"""How far partitions are counted, on a real log and a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from services.aggregator.rebuild import Rebuilder
from services.aggregator.store import Store
from services.engine.errors import DataLossError, FencedError, ReassignedError
from services.engine.positions import REBUILDS_PER_BATCH_MAX, Positions, Rebuilt
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from services.platform.topic_log import DeclarationsLog

Eventually = Callable[..., Awaitable[object]]
RECORDS = 9


@pytest.fixture
async def log(
    settings: Settings, kafka_producer: AIOKafkaProducer, eventually: Eventually
) -> DeclarationsLog:
    """The log of the test's namespace: partitions 1 and 2 end at offset 9, nothing is committed."""
    topic = Topics(settings.namespace).declarations
    for partition in (1, 2):
        for _ in range(RECORDS):
            await kafka_producer.send_and_wait(topic, b"no event", partition=partition)
    declarations = DeclarationsLog(settings, beat=lambda: None)

    async def coordinated() -> bool:
        try:
            return await declarations.committed() == {}
        except KafkaUnavailableError:
            return False

    await eventually(coordinated)
    return declarations


@pytest.fixture
async def store(settings: Settings, redis: Redis) -> Store:
    """The test's Redis, which has partition 1 up to offset 5, and nothing of partition 2."""
    made = Store(redis, Keys(settings.namespace))
    await made.advance({1: (None, 5)}, set())
    return made


@pytest.fixture
def positions(log: DeclarationsLog, store: Store) -> Positions:
    """Positions of a worker that has counted nothing yet."""
    rebuilder = Rebuilder(log, store)
    return Positions(log, store, partial(rebuilder.rebuild, partitions=8), lambda: None)


def records(partition: int, *offsets: int) -> list[Any]:
    """Returns as much of Kafka records as positions use."""
    return [SimpleNamespace(partition=partition, offset=offset) for offset in offsets]


def rebuilds() -> float:
    """Returns how many partitions were rebuilt by this process, by its own metric."""
    return REGISTRY.get_sample_value("livecount_aggregator_rebuilds_total") or 0.0


async def test_a_record_is_folded_only_once(positions: Positions) -> None:
    """Records that Redis has, or that were folded before, are left out."""
    await positions.ensure_known({1, 2})
    read = [*records(1, 3, 4, 5, 6), *records(2, 0)]

    assert positions.unfolded(read) == read[2:]
    positions.mark_folded(read[2:4])
    assert positions.unfolded(read) == read[4:]


async def test_a_batch_starts_where_the_one_before_it_ended(positions: Positions) -> None:
    """The first starts at the watermark, whether or not the one before it is stored yet."""
    await positions.ensure_known({1, 2})

    assert positions.mark_folded([*records(1, 5, 6), *records(2, 0)]) == {1: (5, 7), 2: (None, 1)}
    assert positions.mark_folded(records(1, 7)) == {1: (7, 8)}
    assert positions.stored == {1: 5, 2: None}


async def test_after_a_rebalance_positions_are_read_again(
    positions: Positions, store: Store
) -> None:
    """Another worker may have counted meanwhile."""
    await positions.ensure_known({1})
    positions.mark_folded(records(1, 5))
    await store.advance({1: (5, 8)}, set())
    positions.forget()
    await positions.ensure_known({1})

    assert positions.stored == {1: 8}
    assert positions.unfolded(records(1, 5, 6, 7, 8)) == records(1, 8)


async def test_a_redis_that_is_ahead_of_the_log_is_refused(
    positions: Positions, store: Store
) -> None:
    """Declarations to come would be skipped as known."""
    await store.advance({1: (5, RECORDS + 1)}, set())

    with pytest.raises(FencedError, match="another log"):
        await positions.ensure_known({1})


async def test_a_known_partition_does_not_wait_for_a_commit(positions: Positions) -> None:
    """So a batch is folded, and its alerts leave, while the one before it is written."""
    await positions.ensure_known({1})
    written = asyncio.Event()

    async def write() -> None:
        await written.wait()

    writing = asyncio.create_task(positions.write(write, {1: (5, 7)}))
    await asyncio.sleep(0)
    await positions.ensure_known({1})

    assert not writing.done()
    assert positions.stored == {1: 5}
    written.set()
    await writing
    assert positions.stored == {1: 7}


async def test_a_batch_is_written_again_after_each_of_a_few_rebuilds(
    positions: Positions,
) -> None:
    """If Redis loses data again and again, the worker gives up."""
    await positions.ensure_known({1})
    tries, before = 0, rebuilds()

    async def write() -> None:
        nonlocal tries
        tries += 1
        raise DataLossError

    with pytest.raises(DataLossError):
        await positions.write(write, {1: (5, 7)})
    assert tries == REBUILDS_PER_BATCH_MAX + 1
    assert rebuilds() - before == REBUILDS_PER_BATCH_MAX
    assert positions.stored == {1: 5}


async def test_a_rebalance_while_partitions_are_rebuilt_ends_the_check_of_them(
    log: DeclarationsLog, store: Store, redis: Redis
) -> None:
    """They are somebody else's, and whoever has them checks them."""
    rebuilt = []

    async def rebuild(partition: int, _end: int) -> Rebuilt:
        rebuilt.append(partition)
        positions.forget()
        return Rebuilt(0, 0)

    positions = Positions(log, store, rebuild, lambda: None)
    await store.advance({2: (None, 5)}, set())
    await positions.ensure_known({1, 2})
    await redis.flushdb()
    await positions.verify({1, 2})

    assert rebuilt == [1]
    assert positions.stored == {}


async def test_a_rebalance_while_councils_are_loaded_again_says_so(positions: Positions) -> None:
    """What is read then may no longer be counted on."""
    await positions.ensure_known({1})

    async def read(_watermarks: object) -> None:
        positions.forget()
        raise DataLossError

    with pytest.raises(ReassignedError, match="partition 1 changed hands"):
        await positions.load(read, {1})


async def test_what_is_read_during_a_rebalance_is_not_remembered(positions: Positions) -> None:
    """Another worker counts on from there, and this one would take it for a second one."""
    verifying = asyncio.create_task(positions.verify({1, 2}))
    await asyncio.sleep(0)
    positions.forget()
    await verifying

    assert positions.stored == {}
    await positions.verify({1, 2})
    assert positions.stored == {1: 5, 2: None}
