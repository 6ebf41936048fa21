"""The Merkle trees that the aggregator keeps, with a real Kafka and Redis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaProducer
from redis.asyncio import Redis

from services.aggregator.rebuild import rebuild_all
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from tests.support.aggregator_night import Declarations, night
from tests.support.merkle import heads_by_the_log, heads_in_redis

Process = Callable[..., Any]


async def test_everything_in_the_log_is_in_its_tree(
    settings: Settings,
    declarations: Declarations,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    redis: Redis,
) -> None:
    """What counts, repeats and what is rejected are leaves, each once and in the log's order."""
    facts = night(seed=31)
    process("aggregator", "run")
    await declarations.count(facts)
    topic = Topics(settings.namespace).declarations
    rejected = await kafka_producer.send_and_wait(topic, b"no declaration", key=b"nobody")
    declarations.ends[rejected.partition] = rejected.offset + 1
    await declarations.count(facts[:5])

    heads = await heads_by_the_log(settings)
    assert await heads_in_redis(redis, settings) == heads
    assert sum(messages for _, _, messages, _ in heads.values()) == len(facts) + 6


async def test_a_redis_of_a_version_without_trees_gets_them(
    settings: Settings, declarations: Declarations, process: Process, redis: Redis
) -> None:
    """After an upgrade a partition's tree has what was counted before, once it is counted on."""
    facts = night(seed=32)
    worker = process("aggregator", "run")
    await declarations.count(facts)
    assert worker.end() == 0
    # What a version without trees leaves, and what one leaves that counted on without them.
    stale = await redis.hgetall(Keys(settings.namespace).log_trees())
    await redis.delete(Keys(settings.namespace).log_trees())
    worker.start()
    await declarations.count(facts)
    assert await heads_in_redis(redis, settings) == await heads_by_the_log(settings)

    assert worker.end() == 0
    await redis.hset(Keys(settings.namespace).log_trees(), mapping=stale)
    worker.start()
    await declarations.count(facts)
    assert await heads_in_redis(redis, settings) == await heads_by_the_log(settings)


async def test_a_rebuild_makes_trees_anew(
    settings: Settings, declarations: Declarations, process: Process, redis: Redis
) -> None:
    """`livecount rebuild` mends trees that were lost, also of partitions that stand still."""
    worker = process("aggregator", "run")
    await declarations.count(night(seed=33))
    assert worker.end() == 0
    await redis.delete(Keys(settings.namespace).log_trees())
    await rebuild_all(settings)

    assert await heads_in_redis(redis, settings) == await heads_by_the_log(settings)
