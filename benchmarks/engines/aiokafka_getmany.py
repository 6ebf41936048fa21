"""Plain aiokafka: `getmany`, `send`, one Redis pipeline and one commit a batch.

Source: aio-libs/aiokafka, docs/consumer.rst ("Manual vs automatic committing") and
docs/producer.rst (idempotent producing; `send` and its future).
"""

from __future__ import annotations

import asyncio

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from redis.asyncio import Redis

from benchmarks.job import AIOKAFKA, BATCH_DECLARATIONS, GROUP, REDIS_URL, TOPICS, Count

LINGER_MS = 0
"""Nothing lingers: batches fill by themselves while one is under way."""


async def main() -> None:
    """Counts until it is killed."""
    redis, count = Redis.from_url(REDIS_URL), Count()
    producer = AIOKafkaProducer(
        **AIOKAFKA,
        enable_idempotence=True,
        linger_ms=LINGER_MS,
        max_batch_size=262_144,
    )
    consumer = AIOKafkaConsumer(
        TOPICS.declarations,
        **AIOKAFKA,
        group_id=GROUP,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await producer.start()
    await consumer.start()
    while True:
        found = await consumer.getmany(timeout_ms=1_000, max_records=BATCH_DECLARATIONS)
        records = [record for some in found.values() for record in some]
        if not records:
            continue
        await count.prepare(redis, [record.key for record in records])
        sent = [
            await producer.send(output.topic, output.value, key=output.key, headers=output.headers)
            for record in records
            for output in count.declaration(record.value, record.offset)
        ]
        await asyncio.gather(*sent)
        if count.changed:
            async with redis.pipeline(transaction=False) as pipeline:
                count.write(pipeline)
                await pipeline.execute()
        await consumer.commit()


if __name__ == "__main__":
    uvloop.run(main())
