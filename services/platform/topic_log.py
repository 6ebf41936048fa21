"""Topics read from their first message, outside every consumer group. Nothing is committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from types import TracebackType
from typing import Any, Self

from aiokafka import TopicPartition
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    UnknownTopicOrPartitionError,
)
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from schemas.reject import broken_place
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Topics, group
from services.platform.settings import Settings
from services.platform.topic_fetch import (
    Record,
    connecting,
    end_offsets,
    fetches,
    reading,
)
from services.platform.topic_ids import topic_id

STALL_TIMEOUT_S = 30.0
"""Reading that gets nothing for so long is given up; a fetch takes milliseconds."""

REPLAY_STALL_S = 15.0
"""The same for the replay of a rebuild. It ends before the aggregator counts as stalled."""

FETCH_WAIT_MS = 20
"""How long a broker may wait for a first record. All that is read is there already, so it waits
only behind a partition's last record; and whatever is asked next, such as the ends of another
topic, waits behind that fetch, as brokers answer a connection in order."""

COORDINATOR_TIMEOUT_S = 10.0
"""A new Kafka makes its topic of offsets when it is first asked, which takes seconds."""

COORDINATOR_PAUSE_S = 0.2
"""The pause before it is asked again."""


_while_coordinator_starts = retry(
    retry=retry_if_exception_type(GroupCoordinatorNotAvailableError),
    stop=stop_after_delay(COORDINATOR_TIMEOUT_S),
    wait=wait_fixed(COORDINATOR_PAUSE_S),
    reraise=True,
)


class Log:
    """The topics of a namespace. Use it as an async context manager.

    `on_fetch` is called after every fetch that brought something, so that a caller can show
    that a long read makes progress.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        client_id: str = "livecount-audit",
        on_fetch: Callable[[], None] = lambda: None,
        stall_timeout_s: float = STALL_TIMEOUT_S,
    ) -> None:
        self._settings = settings
        self.topics = Topics(settings.namespace)
        self._consumer = kafka.consumer(
            settings, group_id=None, client_id=client_id, fetch_max_wait_ms=FETCH_WAIT_MS
        )
        self._admin = kafka.admin(settings, client_id)
        self._on_fetch = on_fetch
        self._stall_timeout_s = stall_timeout_s

    async def __aenter__(self) -> Self:
        try:
            with connecting():
                await self._consumer.start()
                await self._admin.start()
        except KafkaUnavailableError:
            await self._close()
            raise
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
        with reading(topic):
            found = await end_offsets(
                self._consumer,
                [TopicPartition(topic, number) for number in range(await self._partitions(topic))],
            )
        return {place.partition: end for place, end in found.items()}

    async def committed(self, service: str) -> dict[int, int]:
        """Returns the offsets that a service's group has committed of declarations, by partition.

        Raises KafkaUnavailableError, also if the group's coordinator does not answer.
        """
        with reading(f"the committed offsets of {service}"):
            offsets = await self._offsets(group(self._settings.namespace, service))
        return {
            place.partition: stored.offset
            for place, stored in offsets.items()
            if place.topic == self.topics.declarations and stored.offset >= 0
        }

    async def members(self, service: str) -> int:
        """Returns how many processes of a service are in its group, or left it seconds ago.

        Raises KafkaUnavailableError, also if the group's coordinator does not answer.
        """
        with reading(f"the group of {service}"):
            return await self._members(group(self._settings.namespace, service))

    async def read(
        self, topic: str, ends: Mapping[int, int], begins: Mapping[int, int] | None = None
    ) -> AsyncIterator[Record]:
        """Yields the records before the given ends, in order within each partition.

        A partition is read from its first record, or from its offset in `begins`. Raises
        KafkaUnavailableError if none arrives for the stall timeout.
        """
        begins = begins or {}
        unread = {number: end for number, end in ends.items() if end > begins.get(number, 0)}
        places = {TopicPartition(topic, number): end for number, end in unread.items()}
        if not places:
            return
        self._consumer.assign(list(places))
        with reading(topic):
            async with asyncio.timeout(self._stall_timeout_s):
                await self._consumer.seek_to_beginning(*places)
            for number in begins.keys() & unread.keys():
                self._consumer.seek(TopicPartition(topic, number), begins[number])
            async for records in fetches(self._consumer, places, self._stall_timeout_s):
                self._on_fetch()
                for record in records:
                    if record.offset < ends[record.partition]:
                        yield record

    async def broken(self) -> set[tuple[int, int]]:
        """Returns partition and offset of every declaration that is on record as broken.

        The record is the topic of rejects: what the aggregator has set aside there because it
        failed stays out of the count, until it is sent again. Raises KafkaUnavailableError.
        """
        topic = self.topics.rejects
        return {
            place
            async for record in self.read(topic, await self.ends(topic))
            if (place := broken_place(record.value or b"", self.topics.declarations))
        }

    @_while_coordinator_starts
    async def _offsets(self, group_id: str) -> dict[Any, Any]:
        offsets: dict[Any, Any] = await self._admin.list_consumer_group_offsets(group_id)
        return offsets

    @_while_coordinator_starts
    async def _members(self, group_id: str) -> int:
        (answer,) = await self._admin.describe_consumer_groups([group_id])
        return sum(len(each["members"]) for each in answer.to_object()["groups"])

    async def _partitions(self, topic: str) -> int:
        (described,) = await self._admin.describe_topics([topic])
        if not described["partitions"]:
            raise UnknownTopicOrPartitionError(f"{topic}; run `livecount topics create`")
        return len(described["partitions"])


class DeclarationsLog:
    """The declarations topic, as a worker that counts it needs it outside its consumer group.

    Each call opens a connection of its own, as days may pass between two. `beat` is called
    after every fetch of a replay, so that a long replay does not look like a stall.
    """

    def __init__(self, settings: Settings, beat: Callable[[], None]) -> None:
        self._settings = settings
        self._beat = beat
        self._topic = Topics(settings.namespace).declarations

    async def committed(self) -> dict[int, int]:
        """Returns the offsets that the aggregators' group has committed, by partition.

        Raises KafkaUnavailableError, also if the group's coordinator does not answer.
        """
        async with self._connected() as log:
            return await log.committed("aggregator")

    async def identity(self) -> str:
        """Returns the topic's id, empty if Kafka has no ids. Raises KafkaUnavailableError."""
        with reading(self._topic):
            return await topic_id(self._settings, self._topic, "livecount-aggregator-log")

    async def ends(self) -> dict[int, int]:
        """Returns the offset after each partition's last declaration.

        Raises KafkaUnavailableError if no broker answers.
        """
        async with self._connected() as log:
            return await log.ends(self._topic)

    async def read(self, partition: int, end: int) -> AsyncIterator[Record]:
        """Yields a partition's records from its first one to the last before `end`.

        Raises KafkaUnavailableError if none arrives for REPLAY_STALL_S.
        """
        async with self._connected() as log:
            async for record in log.read(self._topic, {partition: end}):
                yield record

    async def broken(self) -> set[tuple[int, int]]:
        """Returns partition and offset of every declaration that is on record as broken.

        Raises KafkaUnavailableError.
        """
        async with self._connected() as log:
            return await log.broken()

    def _connected(self) -> Log:
        return Log(
            self._settings,
            client_id="livecount-aggregator-log",
            on_fetch=self._beat,
            stall_timeout_s=REPLAY_STALL_S,
        )
