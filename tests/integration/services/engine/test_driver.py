"""The driver's consumer, on a real Kafka, without the rest of the app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from services.engine.app import build_app
from services.engine.driver import Consumer
from services.engine.fetch import Fetch
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_log import Log

PATIENCE_S = 60.0
FETCH_TIMEOUT_S = 0.2


@pytest.fixture
async def consumer(settings: Settings) -> AsyncIterator[Consumer]:
    """A consumer that has its partitions and hands records on."""
    app = build_app(settings, "aggregator")
    assigned = asyncio.Event()

    async def on_assigned(*_details: Any) -> None:
        await made.perform_seek()
        made.resume_flow()
        assigned.set()

    async def on_revoked(*_details: Any) -> None:
        made.stop_flow()
        await made.wait_empty()

    made = app.transport.create_consumer(
        callback=on_revoked,
        on_partitions_revoked=on_revoked,
        on_partitions_assigned=on_assigned,
        beacon=app.beacon,
    )
    await made.start()
    await made.subscribe([Topics(settings.namespace).declarations])
    async with asyncio.timeout(PATIENCE_S):
        await assigned.wait()
    yield made
    await made.stop()


async def fetched(consumer: Consumer, records: int) -> list[Fetch]:
    """Returns fetches until so many records have come."""
    fetches: list[Fetch] = []
    async with asyncio.timeout(PATIENCE_S):
        while sum(len(fetch.records) for fetch in fetches) < records:
            async for _, fetch in consumer.getmany(timeout=FETCH_TIMEOUT_S):
                fetches.append(fetch)
    return fetches


def values(fetches: list[Fetch]) -> list[bytes]:
    """Returns what the records of fetches hold, in order."""
    return [record.value for fetch in fetches for record in fetch.records]


async def send(producer: AIOKafkaProducer, settings: Settings, *numbers: int) -> list[bytes]:
    """Puts messages into one partition; returns them."""
    sent = [b"%d" % number for number in numbers]
    for value in sent:
        topic = Topics(settings.namespace).declarations
        await producer.send_and_wait(topic, value, partition=0)
    return sent


async def committed(settings: Settings) -> int | None:
    """Returns the offset that the group has committed in the partition of these tests."""
    async with Log(settings) as log:
        return (await log.committed("aggregator")).get(0)


async def test_records_come_in_order_and_once(
    settings: Settings, consumer: Consumer, kafka_producer: AIOKafkaProducer
) -> None:
    """Everything in a partition is handed on, in its order, whatever the requests were."""
    sent = await send(kafka_producer, settings, *range(50))

    assert values(await fetched(consumer, len(sent))) == sent


async def test_only_what_was_given_back_is_committed(
    settings: Settings, consumer: Consumer, kafka_producer: AIOKafkaProducer
) -> None:
    """The committed offset follows the last fetch that is stored, and no other."""
    await send(kafka_producer, settings, 1)
    (first,) = await fetched(consumer, 1)
    await send(kafka_producer, settings, 2)
    (second,) = await fetched(consumer, 1)
    consumer.track_message(first)
    consumer.track_message(second)

    await consumer.commit()
    assert await committed(settings) is None
    consumer.ack(first)
    assert await consumer.commit()
    assert await committed(settings) == 1
    consumer.ack(second)
    await consumer.wait_empty()
    assert await committed(settings) == 2


async def test_a_rebalance_waits_for_what_is_being_counted(
    settings: Settings, consumer: Consumer, kafka_producer: AIOKafkaProducer
) -> None:
    """`wait_empty` returns once the last tracked fetch has been given back."""
    await send(kafka_producer, settings, 1)
    (fetch,) = await fetched(consumer, 1)
    consumer.track_message(fetch)
    waiting = asyncio.create_task(consumer.wait_empty())
    await asyncio.sleep(0)
    assert not waiting.done()

    consumer.ack(fetch)
    async with asyncio.timeout(PATIENCE_S):
        await waiting
    assert await committed(settings) == 1


async def test_what_comes_while_flow_is_stopped_is_handed_on_afterwards(
    settings: Settings, consumer: Consumer, kafka_producer: AIOKafkaProducer
) -> None:
    """A request that was under way when flow stopped loses nothing of what it brings."""

    async def one_request() -> list[Fetch]:
        return [fetch async for _, fetch in consumer.getmany(timeout=PATIENCE_S)]

    asking = asyncio.create_task(one_request())
    await asyncio.sleep(0)
    consumer.stop_flow()
    sent = await send(kafka_producer, settings, *range(5))
    assert await asking == []
    consumer.resume_flow()

    assert values(await fetched(consumer, len(sent))) == sent


async def test_a_fetch_of_an_earlier_generation_commits_nothing(
    settings: Settings, consumer: Consumer, kafka_producer: AIOKafkaProducer
) -> None:
    """After a rebalance its partition may be another worker's."""
    await send(kafka_producer, settings, 1)
    (fetch,) = await fetched(consumer, 1)
    consumer.track_message(fetch)
    consumer.app.consumer_generation_id += 1
    consumer.ack(fetch)

    assert not await consumer.commit()
    assert await committed(settings) is None
