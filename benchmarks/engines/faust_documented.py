"""livecount on Faust as documented: its batch processor behind `stream.noack()`, nothing replaced.

Source: faust-streaming/faust, faust/streams.py (`noack`) and docs/userguide/streams.rst. The
transport is Faust's own, with its consumer's thread, its conductor and its stream. Events go
into a queue of the processor's, from which each batch takes all that has arrived. Against the row
"livecount" this shows what livecount's driver for Faust saves. The watchdog is left out, as it
takes no part in counting.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import faust
import uvloop

from benchmarks.job import BROKERS, GROUP, SETTINGS, TOPICS
from services.aggregator.outputs import Outputs
from services.aggregator.processor import BatchProcessor
from services.aggregator.store import Store
from services.engine.batches import BATCH_RECORDS_MAX
from services.engine.exits import or_exit
from services.platform import redis
from services.platform.garbage import collect_less_often
from services.platform.names import Keys
from services.platform.topic_log import DeclarationsLog

EVENTS_WAITING_MAX = 2 * BATCH_RECORDS_MAX
"""Events in the processor's queue: the next batch is complete while one is folded."""

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
processor = BatchProcessor(
    DeclarationsLog(SETTINGS, lambda: None),
    Outputs(SETTINGS),
    Store(redis.connect(SETTINGS), Keys(SETTINGS.namespace)),
    time.monotonic,
)
waiting: asyncio.Queue[Any] = asyncio.Queue(EVENTS_WAITING_MAX)


@app.agent(declarations, concurrency=1)
async def receive(stream: faust.Stream) -> None:
    """Puts events into the processor's queue; they are acknowledged once they are stored."""
    async for event in stream.noack().events():
        await waiting.put(event)


@app.task
async def count() -> None:
    """Counts batches: all that has arrived, without waiting for more."""
    with or_exit():
        while True:
            events = [await waiting.get()]
            while not waiting.empty() and len(events) < BATCH_RECORDS_MAX:
                events.append(waiting.get_nowait())
            records = [_with_kafkas_time(event.message) for event in events]
            await processor.begin(records, partial(acknowledge, events))


def _with_kafkas_time(message: Any) -> Any:
    """Returns a message with its time in milliseconds, as Kafka has it; Faust makes it seconds."""
    message.timestamp = round(message.timestamp * 1000)
    return message


@app.task
async def finish() -> None:
    """Publishes, stores and acknowledges what was folded."""
    with or_exit():
        await processor.finish()


async def acknowledge(events: Sequence[Any]) -> None:
    """Acknowledges events to Faust, which commits their offsets."""
    for event in events:
        event.ack()


@app.on_partitions_revoked.connect
async def on_revoked(_app: Any, /, *_partitions: Any, **_rest: Any) -> None:
    """Forgets councils and positions: others may count these partitions now."""
    processor.forget()


@app.on_partitions_assigned.connect
async def on_assigned(_app: Any, /, *_partitions: Any, **_rest: Any) -> None:
    """Forgets councils and positions: others may have counted these partitions."""
    processor.forget()


if __name__ == "__main__":
    uvloop.install()
    collect_less_often()
    sys.argv = [sys.argv[0], "worker", "-l", "info", "--without-web"]
    app.main()
