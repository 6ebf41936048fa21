"""Workers made of the product's own parts, any of which can be replaced, and their judgement."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from services.aggregator.outputs import Outputs
from services.aggregator.processor import BatchProcessor
from services.aggregator.steps import STEPS, Steps
from services.aggregator.store import Store
from services.platform import kafka
from services.platform.names import Keys, Topics, group
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.topic_log import DeclarationsLog, Log
from tests.chaos.judgement import Judgement, judge
from tests.chaos.parcel import Parcel
from tests.chaos.senders import raw_producer

BATCH = 10


async def send(settings: Settings, parcels: Iterable[Parcel]) -> None:
    """Writes parcels to the log as they are."""
    producer = raw_producer(settings)
    await producer.start()
    topic = Topics(settings.namespace).declarations
    for parcel in parcels:
        await producer.send(topic, parcel.value, key=parcel.key, headers=parcel.headers)
    await producer.stop()


@asynccontextmanager
async def worker(
    settings: Settings, outputs: Outputs, store: type[Store] = Store, steps: Steps = STEPS
) -> AsyncIterator[BatchProcessor]:
    """A worker made of the product's parts, with the given ones in place of its own."""
    async with connect(settings) as redis:
        declarations = DeclarationsLog(settings, beat=lambda: None)
        kept = store(redis, Keys(settings.namespace))
        yield BatchProcessor(declarations, outputs, kept, time.monotonic, steps)
    await outputs.stop()


class Batches:
    """The log in batches of a partition each, and the commit of offsets."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._topic = Topics(settings.namespace).declarations
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            settings, group_id=group(settings.namespace, "aggregator"), client_id="test"
        )

    async def __aenter__(self) -> list[list[Any]]:
        await self._consumer.start()
        numbers = range(self._settings.kafka_partitions)
        self._consumer.assign([TopicPartition(self._topic, number) for number in numbers])
        async with Log(self._settings) as log:
            records: dict[int, list[Any]] = {}
            async for record in log.read(self._topic, await log.ends(self._topic)):
                records.setdefault(record.partition, []).append(record)
        return [
            each[start : start + BATCH]
            # The same order each time, whichever partition the broker answers first.
            for _, each in sorted(records.items(), key=lambda item: (-len(item[1]), item[0]))
            for start in range(0, len(each), BATCH)
        ]

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def commit(self, batch: Sequence[Any]) -> None:
        place = TopicPartition(self._topic, batch[-1].partition)
        await self._consumer.commit({place: OffsetAndMetadata(batch[-1].offset + 1, "")})


async def judged(settings: Settings) -> dict[str, int]:
    """Returns what is wrong, by name, of a night without a notifier."""
    found: Judgement = await judge(settings, [], None)
    print(*found.examples, sep="\n")  # noqa: T201 - shown if the test fails
    return found.faulty


async def count_all(settings: Settings, *, after: int = 0, steps: Steps = STEPS) -> None:
    """Counts every batch from one on, and acknowledges each; with every safeguard, or by steps."""
    reading = Batches(settings)
    async with reading as batches, worker(settings, Outputs(settings), steps=steps) as sound:
        for batch in batches[after:]:
            await sound.count(batch)
            await reading.commit(batch)
