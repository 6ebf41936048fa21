"""Rebuilds Redis from the log, by the same decoding, fold and script; publishes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from schemas.reject import Reject
from services.aggregator.changes import Changes
from services.aggregator.council_cache import NEW_COUNCIL, CouncilCache
from services.aggregator.decode import decode
from services.aggregator.store import Store
from services.platform import kafka, redis
from services.platform.errors import KafkaUnavailableError
from services.platform.failpoints import failpoint
from services.platform.names import Keys, Topics, group
from services.platform.settings import Settings

REPLAY_STALL_S = 15.0
"""A replay that gets no record for so long is given up; a fetch takes milliseconds."""

REPLAY_RECORDS_A_FETCH = 2_000
"""Records after which the replay lets the event loop do its other work."""


class Log:
    """The declarations topic as a whole, read beside the consumer group. Nothing is committed.

    `beat` is called at every fetch: a long replay is no stall.
    """

    def __init__(self, settings: Settings, beat: Callable[[], None]) -> None:
        self._settings = settings
        self._beat = beat
        self._topic = Topics(settings.namespace).declarations

    async def committed(self) -> dict[int, int]:
        """Returns the offsets that the aggregators' group has committed, by partition.

        Raises KafkaUnavailableError where the group's coordinator does not answer.
        """
        admin = kafka.admin(self._settings, "livecount-aggregator")
        try:
            await admin.start()
            offsets = await admin.list_consumer_group_offsets(
                group(self._settings.namespace, "aggregator")
            )
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(f"cannot read the committed offsets: {error!r}") from error
        finally:
            await admin.close()
        return {
            place.partition: stored.offset
            for place, stored in offsets.items()
            if place.topic == self._topic and stored.offset >= 0
        }

    async def ends(self) -> dict[int, int]:
        """Returns the offset after the last declaration of each partition.

        Raises KafkaUnavailableError where no broker answers.
        """
        consumer = kafka.consumer(
            self._settings, self._topic, group_id=None, client_id="livecount-aggregator-ends"
        )
        try:
            await consumer.start()
            ends = await consumer.end_offsets(consumer.assignment())
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(f"cannot read the end of the log: {error!r}") from error
        finally:
            await consumer.stop()
        return {place.partition: end for place, end in ends.items()}

    async def read(self, partition: int, end: int) -> AsyncIterator[list[Any]]:
        """Yields a partition's records from the beginning to before `end`, fetch by fetch.

        Raises KafkaUnavailableError where they stop coming.
        """
        place = TopicPartition(self._topic, partition)
        consumer = kafka.consumer(
            self._settings, group_id=None, client_id="livecount-aggregator-rebuild"
        )
        try:
            await consumer.start()
            consumer.assign([place])
            await consumer.seek_to_beginning(place)
            while await consumer.position(place) < end:
                async with asyncio.timeout(REPLAY_STALL_S):
                    found = await consumer.getmany(
                        timeout_ms=1_000, max_records=REPLAY_RECORDS_A_FETCH
                    )
                self._beat()
                for records in found.values():
                    yield [record for record in records if record.offset < end]
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(
                f"the replay of partition {partition} stopped: {error!r}"
            ) from error
        finally:
            await consumer.stop()


async def replay(log: Log, partition: int, end: int, partitions: int) -> Changes:
    """Folds a partition's records before the offset `end`, and returns the resulting changes.

    `partitions` is the topic's number of partitions. Rejects are left out: they were published
    when their messages were first counted.
    """
    councils = CouncilCache()
    changes = Changes(councils)
    async for records in log.read(partition, end):
        for record in records:
            logged = decode(record, partitions)
            if isinstance(logged, Reject):
                continue
            if councils.missing([logged.event.council]):
                councils.put(logged.event.council, NEW_COUNCIL)
            changes.add(logged)
        await asyncio.sleep(0)
    return changes


async def rebuild(log: Log, store: Store, partition: int, end: int, partitions: int) -> int:
    """Replays a partition's records before `end` into Redis. Returns its number of councils.

    `partitions` is the topic's number of partitions. Each council is replaced at once, so readers
    see the old totals until the new ones are complete. Councils that Redis has from a later
    offset are not touched, so a worker may count meanwhile. Raises KafkaUnavailableError or
    RedisUnavailableError.
    """
    changes = await (await replay(log, partition, end, partitions)).encode()
    await store.rebuild(changes)
    failpoint("after_rebuild")
    stored = (await store.watermarks([partition]))[partition]
    if (stored or 0) < end:
        await store.advance({partition: (stored, end)}, {change.election for change in changes})
    return len(changes)


async def rebuild_all(settings: Settings) -> int:
    """Rebuilds every partition up to the group's committed offset.

    Returns the number of councils rebuilt. Raises KafkaUnavailableError or RedisUnavailableError.
    """
    log = Log(settings, lambda: None)
    partitions = len(await log.ends())
    async with redis.connect(settings) as client:
        store = Store(client, Keys(settings.namespace))
        return sum(
            [
                await rebuild(log, store, partition, end, partitions)
                for partition, end in sorted((await log.committed()).items())
            ]
        )
