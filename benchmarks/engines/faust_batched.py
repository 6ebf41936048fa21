"""Batched Faust: `noack_take`, every event acknowledged after Redis has it.

Source: faust-streaming/faust, faust/streams.py (`noack_take`) and docs/userguide/streams.rst.
`within` is what a batch that is not full waits for, so it is kept short.
"""

from __future__ import annotations

import asyncio
import sys

import faust
from redis.asyncio import Redis

from benchmarks.job import BATCH_DECLARATIONS, BROKERS, GROUP, REDIS_URL, SETTINGS, TOPICS, Count

WITHIN_S = 0.02

app = faust.App(
    GROUP,
    broker=f"kafka://{BROKERS}",
    broker_credentials=faust.SASLCredentials(
        username=SETTINGS.kafka_sasl_username,
        password=SETTINGS.kafka_sasl_password.get_secret_value(),
        mechanism=SETTINGS.kafka_sasl_mechanism,
    ),
    topic_partitions=SETTINGS.kafka_partitions,
    topic_replication_factor=1,
    topic_disable_leader=True,
    producer_acks=-1,
    broker_commit_interval=0.5,
    key_serializer="raw",
    value_serializer="raw",
    web_enabled=False,
)
declarations = app.topic(TOPICS.declarations, key_type=bytes, value_type=bytes)
outputs = {
    name: app.topic(name, key_type=bytes, value_type=bytes)
    for name in (TOPICS.totals, TOPICS.alerts)
}
redis = Redis.from_url(REDIS_URL)
count = Count()


@app.agent(declarations)
async def aggregate(stream: faust.Stream) -> None:
    """Counts whole batches."""
    async for events in stream.noack_take(BATCH_DECLARATIONS, within=WITHIN_S):
        await count.prepare(redis, [event.key for event in events])
        sent = [
            await outputs[output.topic].send(
                key=output.key, value=output.value, headers=output.headers
            )
            for event in events
            for output in count.declaration(event.value, event.message.offset)
        ]
        await asyncio.gather(*sent)
        if count.changed:
            async with redis.pipeline(transaction=False) as pipeline:
                count.write(pipeline)
                await pipeline.execute()
        for event in events:
            event.ack()


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "worker", "-l", "info", "--without-web"]
    app.main()
