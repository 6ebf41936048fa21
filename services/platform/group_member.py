"""What a member of a consumer group does beside reading: it commits, and watches Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import structlog
from aiokafka.errors import IllegalStateError, KafkaError

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer, TopicPartition

    from services.platform.health import Health

COMMIT_TIMEOUT_S: Final = 5.0
"""How long a commit is tried; aiokafka itself would try for as long as Kafka is away."""

KAFKA_INTERVAL_S: Final = 5.0
"""How often Kafka is asked whether it is there."""

KAFKA_ANSWER_TIMEOUT_S: Final = 10.0
"""How long it may take to answer, as for any other request."""

log = structlog.get_logger(__name__)


async def watch_kafka(consumer: AIOKafkaConsumer, health: Health) -> None:
    """Reports to the health endpoint whether Kafka answers, until it is cancelled.

    aiokafka itself says nothing of an outage: there are merely no messages.
    """
    while True:
        try:
            async with asyncio.timeout(KAFKA_ANSWER_TIMEOUT_S):
                await consumer.topics()
            health.lacks("")
        except (KafkaError, OSError, TimeoutError):
            health.lacks("Kafka")
        await asyncio.sleep(KAFKA_INTERVAL_S)


async def commit_owned(consumer: AIOKafkaConsumer, offsets: Mapping[TopicPartition, int]) -> None:
    """Commits the offsets of the partitions that a consumer has; of others it does nothing.

    Never raises because of Kafka: what is not committed is read again, which its reader takes.
    """
    try:
        assigned = consumer.assignment()
        owned = {place: offset for place, offset in offsets.items() if place in assigned}
        if owned:
            async with asyncio.timeout(COMMIT_TIMEOUT_S):
                await consumer.commit(owned)
    except (IllegalStateError, KafkaError, TimeoutError) as error:
        log.warning("offsets are not committed: %r", error)
