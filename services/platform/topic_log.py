"""A topic read from its first message to an end, beside every consumer group."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    KafkaError,
    UnknownTopicOrPartitionError,
)
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Topics, group
from services.platform.settings import Settings

STALL_TIMEOUT_S = 30.0
"""Reading that gets nothing for so long is given up; a fetch takes milliseconds."""

COORDINATOR_TIMEOUT_S = 10.0
"""A new Kafka makes its topic of offsets when it is first asked, which takes seconds."""

COORDINATOR_PAUSE_S = 0.2
FETCH_TIMEOUT_MS = 1_000
RECORDS_A_FETCH = 2_000


class Log:
    """The topics of a namespace. Use it as an async context manager; nothing is committed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.topics = Topics(settings.namespace)
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            settings, group_id=None, client_id="livecount-audit"
        )
        self._admin = kafka.admin(settings, "livecount-audit")

    async def __aenter__(self) -> Self:
        try:
            await self._consumer.start()
            await self._admin.start()
        except KafkaError as error:
            await self._close()
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
        await self._close()

    async def _close(self) -> None:
        await self._admin.close()
        await self._consumer.stop()

    async def ends(self, topic: str) -> dict[int, int]:
        """Returns the offset after each partition's last message. Raises KafkaUnavailableError."""
        try:
            found = await self._consumer.end_offsets(
                [TopicPartition(topic, number) for number in range(await self._partitions(topic))]
            )
        except KafkaError as error:
            raise KafkaUnavailableError(f"{topic} cannot be read: {error!r}") from error
        return {place.partition: end for place, end in found.items()}

    async def committed(self, service: str) -> dict[int, int]:
        """Returns the offsets that a service's group has committed of declarations.

        Raises KafkaUnavailableError.
        """
        try:
            offsets = await self._offsets(group(self._settings.namespace, service))
        except KafkaError as error:
            raise KafkaUnavailableError(
                f"the offsets of {service} cannot be read: {error!r}"
            ) from error
        return {
            place.partition: stored.offset
            for place, stored in offsets.items()
            if place.topic == self.topics.declarations and stored.offset >= 0
        }

    async def read(self, topic: str, ends: Mapping[int, int]) -> AsyncIterator[Any]:
        """Yields the records before the given ends, in order within each partition.

        Raises KafkaUnavailableError where they stop coming.
        """
        places = [TopicPartition(topic, number) for number, end in ends.items() if end > 0]
        if not places:
            return
        self._consumer.assign(places)
        try:
            await self._consumer.seek_to_beginning(*places)
            open_places = set(places)
            while open_places:
                async with asyncio.timeout(STALL_TIMEOUT_S):
                    found = await self._consumer.getmany(
                        *open_places, timeout_ms=FETCH_TIMEOUT_MS, max_records=RECORDS_A_FETCH
                    )
                    for place in tuple(open_places):
                        if await self._consumer.position(place) >= ends[place.partition]:
                            open_places.remove(place)
                for place, records in found.items():
                    for record in records:
                        if record.offset < ends[place.partition]:
                            yield record
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(f"{topic} cannot be read: {error!r}") from error

    @retry(
        retry=retry_if_exception_type(GroupCoordinatorNotAvailableError),
        stop=stop_after_delay(COORDINATOR_TIMEOUT_S),
        wait=wait_fixed(COORDINATOR_PAUSE_S),
        reraise=True,
    )
    async def _offsets(self, group_id: str) -> dict[Any, Any]:
        offsets: dict[Any, Any] = await self._admin.list_consumer_group_offsets(group_id)
        return offsets

    async def _partitions(self, topic: str) -> int:
        (described,) = await self._admin.describe_topics([topic])
        if not described["partitions"]:
            raise UnknownTopicOrPartitionError(f"{topic}; run `livecount topics create`")
        return len(described["partitions"])
