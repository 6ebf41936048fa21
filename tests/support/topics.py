"""What stands on a topic, for tests that look at what a service published."""

from __future__ import annotations

from typing import Any

from services.platform.settings import Settings
from services.platform.topic_log import Log


async def messages(settings: Settings, topic: str) -> list[Any]:
    """Returns every record of a topic, partition by partition, each in its order."""
    async with Log(settings, client_id="test") as log:
        found = [record async for record in log.read(topic, await log.ends(topic))]
    return sorted(found, key=lambda record: (record.partition, record.offset))
