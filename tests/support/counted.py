"""Declarations counted into Redis by the aggregator's own fold and store, without Kafka."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiokafka.structs import ConsumerRecord
from redis.asyncio import Redis

from schemas.events import Event
from schemas.ids import election_of
from services.aggregator.council_cache import CouncilCache
from services.aggregator.decode import LoggedEvent
from services.aggregator.folding import fold
from services.aggregator.steps import STEPS
from services.aggregator.store import Store
from services.platform.log_tree import LogTree
from services.platform.names import Keys, Topics

PARTITION = 0
"""The partition of the declarations topic that all declarations are taken to be from."""


class Counted:
    """The councils of one namespace. What is counted is in Redis when the method returns.

    Nothing that is counted may be rejected, but words of sources may be held.
    """

    def __init__(self, redis: Redis, namespace: str) -> None:
        self._store = Store(redis, Keys(namespace))
        self._topic = Topics(namespace).declarations
        self._councils = CouncilCache()
        self._offset = 0
        self._tree = LogTree()
        self._watermark: int | None = None

    async def count(self, *events: Event) -> None:
        """Counts declarations one by one, each in a batch of its own."""
        for event in events:
            await self.count_batch([event])

    async def count_batch(self, events: Iterable[Event]) -> None:
        """Counts declarations in one batch."""
        logged = [LoggedEvent(self._next_record(event), event) for event in events]
        missing = self._councils.missing(each.event.council for each in logged)
        loaded = await self._store.load(missing, {PARTITION: self._watermark})
        for council, cached in loaded.items():
            self._councils.put(council, cached)
        councils = self._councils.snapshot(each.event.council for each in logged)
        encoded = []
        async for changes, rejects in fold(logged, councils, STEPS):
            assert all(each.reason == "held" for each in rejects), rejects
            encoded += changes.encoded()
            for council, cached in changes.updated_councils():
                self._councils.put(council, cached)
        await self._store.commit(encoded)
        await self._advance(logged)

    async def _advance(self, logged: Sequence[LoggedEvent]) -> None:
        elections = {election_of(each.event.council) for each in logged}
        for each in logged:
            self._tree.add(each.record)
        position = {PARTITION: (self._watermark, self._offset)}
        await self._store.advance(position, elections, {PARTITION: self._tree.as_json()})
        self._watermark = self._offset

    def _next_record(self, event: Event) -> ConsumerRecord[bytes, bytes]:
        value = event.model_dump_json().encode()
        record: ConsumerRecord[bytes, bytes] = ConsumerRecord(
            topic=self._topic,
            partition=PARTITION,
            offset=self._offset,
            timestamp=0,
            timestamp_type=0,
            key=event.council.encode(),
            value=value,
            checksum=None,
            serialized_key_size=len(event.council),
            serialized_value_size=len(value),
            headers=(),
        )
        self._offset += 1
        return record
