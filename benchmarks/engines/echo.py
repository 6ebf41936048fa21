"""The raw floor: an aiokafka process that sends back what it gets, without any work."""

from __future__ import annotations

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from benchmarks.job import AIOKAFKA, GROUP, TOPICS


async def main() -> None:
    """Echoes declarations to the alerts topic until it is killed."""
    producer = AIOKafkaProducer(**AIOKAFKA, enable_idempotence=True, linger_ms=0)
    consumer = AIOKafkaConsumer(
        TOPICS.declarations,
        **AIOKAFKA,
        group_id=GROUP,
        auto_offset_reset="earliest",
    )
    await producer.start()
    await consumer.start()
    async for record in consumer:
        await producer.send(TOPICS.alerts, record.value, key=record.key)


if __name__ == "__main__":
    uvloop.run(main())
