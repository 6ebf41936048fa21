"""Topics, for tests that look at what a service published, or that take one away."""

from __future__ import annotations

from typing import Any

from services.platform.errors import KafkaUnavailableError
from services.platform.kafka import admin
from services.platform.settings import Settings
from services.platform.topic_log import Log
from services.platform.topics import TopicError, create_topics


async def messages(settings: Settings, topic: str) -> list[Any]:
    """Returns every record of a topic, partition by partition, each in its order."""
    async with Log(settings, client_id="test") as log:
        found = [record async for record in log.read(topic, await log.ends(topic))]
    return sorted(found, key=lambda record: (record.partition, record.offset))


async def messages_once_readable(settings: Settings, topic: str) -> list[Any] | None:
    """Returns what `messages` does; None while Kafka names no broker that has the topic.

    A broker that hung goes on before its controller takes it back, and until then a client that
    begins is told of no broker at all.
    """
    try:
        return await messages(settings, topic)
    except KafkaUnavailableError:
        return None


async def remove(settings: Settings, topic: str) -> None:
    """Removes a topic, whatever it holds."""
    client = admin(settings, "test")
    await client.start()
    await client.delete_topics([topic])
    await client.close()


async def made_again(settings: Settings, topic: str) -> bool:
    """Returns whether a topic that was removed could be made; Kafka may still be removing it."""
    try:
        return topic in await create_topics(settings)
    except TopicError:
        return False
