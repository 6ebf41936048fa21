"""Topics that a service reads as they grow, outside every consumer group."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from aiokafka import AIOKafkaConsumer

from services.platform import kafka
from services.platform.settings import Settings
from services.platform.topic_fetch import (
    END_TIMEOUT_S,
    Record,
    connecting,
    end_offsets,
    fetch,
    fetches,
    reading,
    unread_ends,
)
from services.platform.topic_log import STALL_TIMEOUT_S


class TopicReader:
    """Hands every record of some topics to `take`, once, in order within each partition.

    It stays connected, so that it can read on whenever there may be more. Records without a
    value, by which a compacted topic removes a key, are left out unless `with_removals`.
    """

    def __init__(
        self,
        settings: Settings,
        topics: Iterable[str],
        take: Callable[[Record], None],
        *,
        client_id: str,
        with_removals: bool = False,
    ) -> None:
        self._with_removals = with_removals
        self._topics = tuple(topics)
        self._name = " and ".join(self._topics)
        self._take = take
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            settings, *self._topics, group_id=None, client_id=client_id
        )
        self._catching_up = asyncio.Lock()

    async def start(self) -> None:
        """Connects. Raises KafkaUnavailableError, also if a topic does not exist."""
        with connecting(self._name):
            # Without a group, the client takes all partitions of its topics, from the beginning.
            await self._consumer.start()

    async def stop(self) -> None:
        """Disconnects."""
        await self._consumer.stop()

    async def skip_to_last(self, topic: str, records: int) -> None:
        """Passes over all but the last `records` of each of a topic's partitions.

        Raises KafkaUnavailableError.
        """
        with reading(topic):
            places = [place for place in self._consumer.assignment() if place.topic == topic]
            async with asyncio.timeout(END_TIMEOUT_S):
                begins = await self._consumer.beginning_offsets(places)
            for place, end in (await end_offsets(self._consumer, places)).items():
                self._consumer.seek(place, max(begins[place], end - records))

    async def catch_up(self) -> None:
        """Reads everything that was written until now. Raises KafkaUnavailableError."""
        async with self._catching_up:
            with reading(self._name):
                ends = await end_offsets(self._consumer, self._consumer.assignment())
                async for records in fetches(self._consumer, ends, STALL_TIMEOUT_S):
                    self._take_all(records)

    async def read(self) -> bool:
        """Waits up to FETCH_TIMEOUT_MS for further records; returns whether any came.

        Raises KafkaUnavailableError. An outage may also look like a topic without new records:
        `is_at_end` finds out.
        """
        with reading(self._name):
            records = await fetch(self._consumer)
        self._take_all(records)
        return bool(records)

    async def is_at_end(self) -> bool:
        """Returns whether everything that was written until now is read.

        Raises KafkaUnavailableError.
        """
        with reading(self._name):
            ends = await end_offsets(self._consumer, self._consumer.assignment())
            async with asyncio.timeout(END_TIMEOUT_S):
                return not await unread_ends(self._consumer, ends)

    def _take_all(self, records: Iterable[Record]) -> None:
        for record in records:
            if record.value is not None or self._with_removals:
                self._take(record)
