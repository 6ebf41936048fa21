"""What every reader of a topic does: ask for its ends, fetch up to them, name the failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError
from aiokafka.structs import ConsumerRecord

from services.platform.errors import KafkaUnavailableError

END_TIMEOUT_S = 10.0
"""How long Kafka may take to say where a topic begins or ends, or a position is looked up; a
client that lost Kafka waits silently."""

FETCH_TIMEOUT_MS = 1_000
"""How long a fetch waits for a first record; what has arrived is returned at once."""

FETCH_RECORDS_MAX = 500
"""Records after which the event loop does its other work: reading them takes some 10 ms."""

Record: TypeAlias = ConsumerRecord[bytes, bytes]


async def fetches(
    consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int], stall_timeout_s: float
) -> AsyncIterator[list[Record]]:
    """Yields what each fetch brings until the consumer's positions are at the given ends.

    The last fetches may bring records from behind the ends. Raises TimeoutError if nothing
    arrives for `stall_timeout_s`.
    """
    loop = asyncio.get_running_loop()
    moved_at_s = loop.time()
    unread = ends
    while True:
        async with asyncio.timeout_at(moved_at_s + stall_timeout_s):
            unread = await unread_ends(consumer, unread)
            if not unread:
                return
            records = await fetch(consumer, *unread)
        if records:
            moved_at_s = loop.time()
            yield records
        # What is fetched already comes without waiting, and others need the loop too.
        await asyncio.sleep(0)


async def fetch(consumer: AIOKafkaConsumer, *places: TopicPartition) -> list[Record]:
    """Returns further records, of all partitions if none is named; waits FETCH_TIMEOUT_MS.

    An outage looks like partitions without new records.
    """
    found = await consumer.getmany(
        *places, timeout_ms=FETCH_TIMEOUT_MS, max_records=FETCH_RECORDS_MAX
    )
    return [record for records in found.values() for record in records]


async def unread_ends(
    consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]
) -> dict[TopicPartition, int]:
    """Returns those of the given ends that the consumer has not reached."""
    return {place: end for place, end in ends.items() if await consumer.position(place) < end}


async def end_offsets(
    consumer: AIOKafkaConsumer, places: Iterable[TopicPartition]
) -> dict[TopicPartition, int]:
    """Returns the offset after each partition's last record. Raises aiokafka's KafkaError."""
    async with asyncio.timeout(END_TIMEOUT_S):
        ends: dict[TopicPartition, int] = await consumer.end_offsets(list(places))
    return ends


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turns errors of the client while it reads `name` into KafkaUnavailableError."""
    try:
        yield
    except (KafkaError, OSError, TimeoutError) as error:
        raise KafkaUnavailableError(f"{name} cannot be read: {error!r}") from error


@contextmanager
def connecting(topics: str = "") -> Iterator[None]:
    """Turns errors of a client that connects to read `topics` into KafkaUnavailableError."""
    try:
        yield
    except UnknownTopicOrPartitionError as error:
        raise KafkaUnavailableError(
            f"topic {topics} does not exist; run `livecount topics create`"
        ) from error
    except (KafkaError, OSError, TimeoutError) as error:
        raise KafkaUnavailableError(
            f"Kafka cannot be reached: {error}; check LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS"
        ) from error
