"""Topics, for tests that look at what a service published, or that take one away."""

from __future__ import annotations

from typing import Any

from services.platform.kafka import admin
from services.platform.settings import Settings
from services.platform.topic_log import Log
from services.platform.topics import TopicError, create_topics


async def messages(settings: Settings, topic: str) -> list[Any]:
    """Returns every record of a topic, partition by partition, each in its order."""
    async with Log(settings, client_id="test") as log:
        found = [record async for record in log.read(topic, await log.ends(topic))]
    return sorted(found, key=lambda record: (record.partition, record.offset))


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
