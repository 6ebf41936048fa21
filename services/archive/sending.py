"""Sends archived records to a topic, as they were and each to the partition that it was on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import Final, Self

from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata

from services.archive.record import ArchivedRecord
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.settings import Settings

ACKNOWLEDGED_WITHIN_S: Final = 15.0
"""How long Kafka may take to acknowledge a record: one request of ten seconds and a retry."""

IN_FLIGHT_MAX: Final = 1_000
"""The most records sent but not yet acknowledged: about 3 MB, as a ward has some 3 kB."""


class RecordProducer:
    """Sends records in order within each partition. Use it as an async context manager.

    Kafka takes their own times only while `keeping_times` lasts, and else the time of now.
    """

    def __init__(self, settings: Settings) -> None:
        self._producer = kafka.producer(settings, "livecount-archive")

    async def __aenter__(self) -> Self:
        try:
            await self._producer.start()
        except KafkaError as error:
            await self._producer.stop()
            raise KafkaUnavailableError(
                f"Kafka cannot be reached: {error}; check LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS"
            ) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._producer.stop()

    async def send(self, topic: str, record: ArchivedRecord) -> None:
        """Sends one record; returns once every in-sync replica has it.

        Raises KafkaUnavailableError.
        """
        await self.send_all(topic, [record])

    async def send_all(self, topic: str, records: Iterable[ArchivedRecord]) -> int:
        """Sends records, many at a time; returns how many once all are acknowledged.

        Raises KafkaUnavailableError, after which any of them may be in the topic.
        """
        waiting: deque[asyncio.Future[RecordMetadata]] = deque()
        sent = 0
        try:
            for record in records:
                if len(waiting) == IN_FLIGHT_MAX:
                    await _acknowledged(waiting.popleft())
                waiting.append(await self._begin(topic, record))
                sent += 1
            while waiting:
                await _acknowledged(waiting.popleft())
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(
                f"Kafka did not acknowledge what was sent to {topic}: {error!r}"
            ) from error
        return sent

    async def _begin(self, topic: str, record: ArchivedRecord) -> asyncio.Future[RecordMetadata]:
        begun: asyncio.Future[RecordMetadata]
        async with asyncio.timeout(ACKNOWLEDGED_WITHIN_S):
            if record.key is None and record.value is None:
                begun = await self._begin_empty(topic, record)
            else:
                begun = await self._producer.send(
                    topic,
                    record.value,
                    key=record.key,
                    partition=record.partition,
                    timestamp_ms=record.timestamp,
                    headers=list(record.headers),
                )
        # After an earlier error nobody waits for this outcome; without this, asyncio would log it.
        begun.add_done_callback(lambda done: done.cancelled() or done.exception())
        return begun

    async def _begin_empty(
        self, topic: str, record: ArchivedRecord
    ) -> asyncio.Future[RecordMetadata]:
        """Sends what has neither key nor value, which other clients may, in a batch of its own.

        aiokafka refuses to send it by itself.
        """
        batch = self._producer.create_batch()
        batch.append(key=None, value=None, timestamp=record.timestamp, headers=list(record.headers))
        begun: asyncio.Future[RecordMetadata] = await self._producer.send_batch(
            batch, topic, partition=record.partition
        )
        return begun


async def _acknowledged(begun: asyncio.Future[RecordMetadata]) -> None:
    # Shielded, so that giving up does not cancel what the client has sent already.
    await asyncio.wait_for(asyncio.shield(begun), ACKNOWLEDGED_WITHIN_S)
