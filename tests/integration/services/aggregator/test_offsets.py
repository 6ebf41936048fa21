"""The offsets that the aggregators' consumer group commits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka import AIOKafkaProducer

from schemas.events import Event
from services.intake.message import prepare
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_log import Log
from tests.support.polls import opened, ward, won

BURSTS = 150


async def test_committed_offsets_keep_up_with_many_small_fetches(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Callable[..., Any],
    eventually: Callable[..., Awaitable[Any]],
) -> None:
    """After many bursts of a few declarations, all offsets are soon committed."""
    topic = Topics(settings.namespace).declarations
    process("aggregator", "run")

    async def burst(*events: Event) -> None:
        batch = kafka_producer.create_batch()
        for event in events:
            message = prepare(event, settings.namespace)
            batch.append(
                key=message.key, value=message.value, headers=message.headers, timestamp=None
            )
        await (await kafka_producer.send_batch(batch, topic, partition=place.partition))
        # A pause, so that each burst is a fetch of its own.
        await asyncio.sleep(0.02)

    opening = prepare(opened(ward("ash")), settings.namespace)
    place = await kafka_producer.send_and_wait(
        topic, opening.value, key=opening.key, headers=opening.headers
    )
    async with Log(settings) as log:

        async def acknowledged() -> bool:
            committed = await log.committed("aggregator")
            return committed.get(place.partition) == (await log.ends(topic))[place.partition]

        await eventually(acknowledged, timeout_s=60)
        for revision in range(1, 3 * BURSTS, 3):
            await burst(*(won("ash", "PP52", revision=revision + i) for i in range(3)))
        await eventually(acknowledged, timeout_s=20)
