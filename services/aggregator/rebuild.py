"""Replays the log into Redis: the same decoding, fold and script as live, publishing nothing."""

from __future__ import annotations

from schemas.reject import Reject
from services.aggregator.changes import Changes
from services.aggregator.council_cache import NOTHING, CouncilCache
from services.aggregator.decode import decode
from services.aggregator.store import Store
from services.platform import redis
from services.platform.failpoints import failpoint
from services.platform.names import Keys
from services.platform.settings import Settings
from services.platform.topic_log import DeclarationsLog


async def replay(log: DeclarationsLog, partition: int, end: int, partitions: int) -> Changes:
    """Returns what a partition's log before `end` makes of its councils, from nothing.

    Rejects are left out: they were published when their messages were first counted.
    """
    councils = CouncilCache()
    changes = Changes(councils)
    async for record in log.read(partition, end):
        placed = decode(record, partitions)
        if isinstance(placed, Reject):
            continue
        if councils.missing([placed.event.council]):
            councils.put(placed.event.council, NOTHING)
        changes.add(placed)
    return changes


async def rebuild(
    log: DeclarationsLog, store: Store, partition: int, end: int, partitions: int
) -> int:
    """Replays a partition up to `end` into Redis and returns how many councils it has.

    Each council is written whole, at once, so readers see the old totals until the new are
    complete. What Redis has from a later offset is left alone, so a worker may count meanwhile.
    Raises KafkaUnavailableError and RedisUnavailableError.
    """
    entries = await (await replay(log, partition, end, partitions)).entries()
    await store.rebuild(entries)
    failpoint("after_rebuild")
    stored = (await store.watermarks([partition]))[partition]
    if (stored or 0) < end:
        await store.advance({partition: (stored, end)}, {entry.election for entry in entries})
    return len(entries)


async def rebuild_all(settings: Settings) -> int:
    """Rebuilds every partition up to what the group has committed; returns the councils written.

    Raises KafkaUnavailableError and RedisUnavailableError.
    """
    log = DeclarationsLog(settings, lambda: None)
    partitions = len(await log.ends())
    async with redis.connect(settings) as client:
        store = Store(client, Keys(settings.namespace))
        return sum(
            [
                await rebuild(log, store, partition, end, partitions)
                for partition, end in sorted((await log.committed()).items())
            ]
        )
