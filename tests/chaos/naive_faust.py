"""Faust as its introduction shows it, for comparison: a table, `topic.send`, defaults.

Source: faust-streaming/faust, docs/userguide/agents.rst and tables.rst.
"""

from __future__ import annotations

import os

import faust

NAMESPACE = os.environ["LIVECOUNT_NAMESPACE"]

app = faust.App(
    f"{NAMESPACE}.naive",
    broker=";".join(
        f"kafka://{server}" for server in os.environ["LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS"].split(",")
    ),
    broker_credentials=faust.SASLCredentials(
        username=os.environ["LIVECOUNT_KAFKA_SASL_USERNAME"],
        password=os.environ["LIVECOUNT_KAFKA_SASL_PASSWORD"],
        mechanism=os.environ["LIVECOUNT_KAFKA_SASL_MECHANISM"],
    ),
    store="memory://",
    topic_partitions=int(os.environ["LIVECOUNT_KAFKA_PARTITIONS"]),
    topic_replication_factor=1,
    key_serializer="raw",
    value_serializer="raw",
    web_enabled=False,
)
declarations = app.topic(f"{NAMESPACE}.declarations", key_type=bytes, value_type=bytes)
seen = app.topic(f"{NAMESPACE}.totals", key_type=bytes, value_type=bytes)
table = app.Table("councils", default=int, key_type=bytes)


@app.agent(declarations)
async def count(stream: faust.Stream) -> None:
    """Counts the declarations of each council, and publishes the place of each."""
    async for event in stream.events():
        table[event.key] += 1
        place = f"{event.message.partition} {event.message.offset}"
        await seen.send(key=event.key, value=place.encode())


if __name__ == "__main__":
    app.main()
