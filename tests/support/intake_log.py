"""What intake's tests send, and what they then find in the log."""

from __future__ import annotations

from typing import Any

from aiokafka import TopicPartition

from services.platform.kafka import consumer
from services.platform.names import Topics
from services.platform.settings import Settings


def notice(revision: int = 1, **fields: object) -> dict[str, object]:
    """Returns a valid event as JSON has it."""
    return {
        "type": "ward.status",
        "council": "local.barnet.2014-05-22",
        "ballot_paper_id": "local.barnet.childs-hill.2014-05-22",
        "mode": "rehearsal",
        "revision": revision,
        "status": "recount",
    } | fields


async def log(settings: Settings) -> list[Any]:
    """Returns every message on the declarations topic, partition by partition."""
    topic = Topics(settings.namespace).declarations
    reader = consumer(settings, group_id=None, client_id="test")
    await reader.start()
    try:
        partitions = [TopicPartition(topic, n) for n in range(settings.kafka_partitions)]
        reader.assign(partitions)
        await reader.seek_to_beginning()
        found: list[Any] = []
        for partition, end in (await reader.end_offsets(partitions)).items():
            while await reader.position(partition) < end:
                found += (await reader.getmany(partition, timeout_ms=200)).get(partition, [])
        return found
    finally:
        await reader.stop()
