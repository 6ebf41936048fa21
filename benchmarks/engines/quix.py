"""Quix Streams: a StreamingDataFrame with state, two output topics and a sink for Redis.

Source: quixio/quix-streams, docs/advanced/checkpointing.md, docs/advanced/stateful-processing.md
and docs/connectors/sinks/custom-sinks.md. A checkpoint flushes sinks before it flushes the
producer, so what is restored after a crash must be Quix's own state and not Redis: each
declaration is kept there as it came, and a council is counted again from them when it is first
met. That is cheaper than storing the whole council with each declaration.
"""

from __future__ import annotations

import tempfile
from typing import Any

from quixstreams import Application, State, message_context
from quixstreams.kafka import ConnectionConfig
from quixstreams.sinks.base import BatchingSink, SinkBatch
from redis import Redis

from benchmarks.job import GROUP, LIBRDKAFKA, REDIS_URL, TOPICS, Count

COMMIT_INTERVAL_S = 0.1
"""Redis is written only at checkpoints; the default of five seconds would be too late."""


class RedisSink(BatchingSink):
    """Writes what has changed since the last checkpoint."""

    def __init__(self, count: Count) -> None:
        super().__init__()
        self._count = count
        self._redis = Redis.from_url(REDIS_URL)

    def write(self, batch: SinkBatch) -> None:
        """Writes every changed council in one pipeline."""
        del batch
        if self._count.changed:
            pipeline = self._redis.pipeline(transaction=False)
            self._count.write(pipeline)
            pipeline.execute()


def main() -> None:
    """Counts until it is killed."""
    count = Count()
    app = Application(
        broker_address=ConnectionConfig.from_librdkafka_dict(LIBRDKAFKA),
        consumer_group=GROUP,
        auto_offset_reset="earliest",
        commit_interval=COMMIT_INTERVAL_S,
        producer_extra_config={
            "enable.idempotence": True,
            "linger.ms": 0,
            "partitioner": "murmur2_random",
        },
        state_dir=tempfile.mkdtemp(prefix="livecount-quix-"),
    )
    source = app.topic(TOPICS.declarations, key_deserializer="bytes", value_deserializer="bytes")
    totals, alerts = (
        app.topic(name, key_serializer="bytes", value_serializer="bytes")
        for name in (TOPICS.totals, TOPICS.alerts)
    )

    def step(value: bytes, key: bytes, timestamp: int, headers: Any, state: State) -> list[Any]:
        del timestamp, headers
        council = key.decode()
        kept = state.get("kept", 0)
        if council not in count.councils:
            count.councils[council] = None
            for number in range(kept):
                count.declaration(state.get_bytes(str(number)) or b"", 0)
        outputs = count.declaration(value, message_context().offset)
        if outputs or council in count.changed:
            state.set_bytes(str(kept), value)
            state.set("kept", kept + 1)
        return outputs

    outputs = app.dataframe(source).apply(step, stateful=True, expand=True, metadata=True)
    outputs[outputs.apply(lambda each: each.topic == TOPICS.totals)].apply(
        lambda each: each.value
    ).to_topic(totals)
    outputs[outputs.apply(lambda each: each.topic == TOPICS.alerts)].apply(
        lambda each: each.value
    ).to_topic(alerts)
    outputs.sink(RedisSink(count))
    app.run()


if __name__ == "__main__":
    main()
