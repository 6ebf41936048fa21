"""A topic that is read whole, and then again to its end whenever that matters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError
from aiokafka.structs import ConsumerRecord

from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.settings import Settings

READ_TIMEOUT_S = 30.0
"""How long reading to the end may take. Thousands of records take a second."""

POLL_TIMEOUT_MS = 500
"""How long one look for further records waits."""


class TopicReader:
    """Hands every record of a topic, once, to a function. Belongs to no group."""

    def __init__(
        self,
        settings: Settings,
        topic: str,
        take: Callable[[ConsumerRecord[bytes, bytes]], None],
    ) -> None:
        self._topic = topic
        self._take = take
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            settings,
            topic,
            group_id=None,
            client_id=f"livecount-notifier-{topic.rpartition('.')[2]}",
        )
        self._catching_up = asyncio.Lock()

    async def start(self) -> None:
        """Connects and reads to the end. Raises KafkaUnavailableError."""
        try:
            # Without a group, the client takes all partitions of its topic, from the beginning.
            await self._consumer.start()
        except UnknownTopicOrPartitionError as error:
            raise KafkaUnavailableError(
                f"topic {self._topic} does not exist; run `livecount topics create`"
            ) from error
        except KafkaError as error:
            raise KafkaUnavailableError(
                f"Kafka cannot be reached: {error}; check LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS"
            ) from error
        await self.catch_up()

    async def catch_up(self) -> None:
        """Reads what was written until now. Raises KafkaUnavailableError."""
        async with self._catching_up:
            try:
                async with asyncio.timeout(READ_TIMEOUT_S):
                    ends = await self._consumer.end_offsets(self._consumer.assignment())
                    for partition, end in ends.items():
                        while await self._consumer.position(partition) < end:
                            await self._read(partition)
            except (KafkaError, TimeoutError) as error:
                raise KafkaUnavailableError(f"{self._topic} cannot be read: {error!r}") from error

    async def stop(self) -> None:
        """Disconnects."""
        await self._consumer.stop()

    async def _read(self, partition: TopicPartition) -> None:
        found = await self._consumer.getmany(partition, timeout_ms=POLL_TIMEOUT_MS)
        for record in found.get(partition, []):
            if record.value is not None:
                self._take(record)
