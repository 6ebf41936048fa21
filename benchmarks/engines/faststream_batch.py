"""FastStream: a batch subscriber that publishes batches and acknowledges after Redis.

Source: ag2ai/faststream, docs/docs/en/kafka/Subscriber/batch_subscriber.md,
Publisher/batch_publisher.md and ack.md.
"""

from __future__ import annotations

import asyncio

import uvloop
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.security import SASLPlaintext
from redis.asyncio import Redis

from benchmarks.job import (
    BATCH_DECLARATIONS,
    BROKERS,
    GROUP,
    REDIS_URL,
    SETTINGS,
    TOPICS,
    Count,
    Output,
)

BATCH_TIMEOUT_MS = 20
"""How long a poll waits for a first message; a batch never waits for more."""

broker = KafkaBroker(
    BROKERS,
    security=SASLPlaintext(
        SETTINGS.kafka_sasl_username, SETTINGS.kafka_sasl_password.get_secret_value()
    ),
    acks="all",
    enable_idempotence=True,
    max_batch_size=262_144,
    logger=None,
)
app = FastStream(broker)
redis = Redis.from_url(REDIS_URL)
count = Count()


async def raw(message: KafkaMessage) -> list[bytes]:
    """Hands the bytes on as they are."""
    return list(message.body)


@broker.subscriber(
    TOPICS.declarations,
    group_id=GROUP,
    batch=True,
    max_records=BATCH_DECLARATIONS,
    batch_timeout_ms=BATCH_TIMEOUT_MS,
    auto_offset_reset="earliest",
    ack_policy=AckPolicy.NACK_ON_ERROR,
    decoder=raw,
)
async def aggregate(values: list[bytes], message: KafkaMessage) -> None:
    """Counts a batch; FastStream commits it when this returns."""
    records = message.raw_message
    await count.prepare(redis, [record.key for record in records])
    outputs = [
        output
        for record, value in zip(records, values, strict=True)
        for output in count.declaration(value, record.offset)
    ]
    await asyncio.gather(*[await _publish(output) for output in outputs])
    if count.changed:
        async with redis.pipeline(transaction=False) as pipeline:
            count.write(pipeline)
            await pipeline.execute()


async def _publish(output: Output) -> asyncio.Future:
    return await broker.publish(
        output.value,
        topic=output.topic,
        key=output.key,
        headers={name: value.decode() for name, value in output.headers},
        no_confirm=True,
    )


if __name__ == "__main__":
    uvloop.run(app.run())
