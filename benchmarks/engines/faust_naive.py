"""Naive Faust: `async for`, a table, `topic.send`, as its introduction shows it.

Source: faust-streaming/faust, docs/userguide/agents.rst, tables.rst and streams.rst.
"""

from __future__ import annotations

import sys

import faust
from redis.asyncio import Redis

from benchmarks.job import BROKERS, GROUP, REDIS_URL, SETTINGS, TOPICS, Count
from election.snapshot import dump, load

app = faust.App(
    GROUP,
    broker=f"kafka://{BROKERS}",
    broker_credentials=faust.SASLCredentials(
        username=SETTINGS.kafka_sasl_username,
        password=SETTINGS.kafka_sasl_password.get_secret_value(),
        mechanism=SETTINGS.kafka_sasl_mechanism,
    ),
    store="memory://",
    topic_partitions=SETTINGS.kafka_partitions,
    topic_replication_factor=1,
    producer_acks=-1,
    key_serializer="raw",
    value_serializer="raw",
    web_enabled=False,
)
declarations = app.topic(TOPICS.declarations, key_type=bytes, value_type=bytes)
totals_topic = app.topic(TOPICS.totals, key_type=bytes, value_type=bytes)
alerts_topic = app.topic(TOPICS.alerts, key_type=bytes, value_type=bytes)
table = app.Table("councils", key_type=bytes, value_type=bytes)
redis = Redis.from_url(REDIS_URL)
count = Count()


@app.agent(declarations)
async def aggregate(stream: faust.Stream) -> None:
    """Counts each declaration as it comes."""
    async for event in stream.events():
        key = event.key
        council = key.decode()
        if council not in count.councils:
            state = table.get(key)
            count.councils[council] = None if state is None else load(state)
        for output in count.declaration(event.value, event.message.offset):
            topic = alerts_topic if output.topic == TOPICS.alerts else totals_topic
            await topic.send(key=output.key, value=output.value, headers=output.headers)
        if count.changed:
            changed = count.changed[council]
            table[key] = changed.state = dump(changed.council)
            async with redis.pipeline(transaction=False) as pipeline:
                count.write(pipeline)
                await pipeline.execute()


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "worker", "-l", "info", "--without-web"]
    app.main()
