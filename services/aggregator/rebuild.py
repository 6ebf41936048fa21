"""Rebuilds Redis from the log, by the same decoding, fold and script; publishes nothing."""

from __future__ import annotations

from schemas.reject import Reject
from services.aggregator.changes import Changes
from services.aggregator.council_cache import NEW_COUNCIL, CouncilCache
from services.aggregator.decode import decode
from services.aggregator.store import Store
from services.platform import redis
from services.platform.failpoints import failpoint
from services.platform.names import Keys
from services.platform.settings import Settings
from services.platform.topic_log import DeclarationsLog


async def replay(log: DeclarationsLog, partition: int, end: int, partitions: int) -> Changes:
    """Folds a partition's records before the offset `end`, and returns the resulting changes.

    `partitions` is the topic's number of partitions. Rejects are left out: they were published
    when their messages were first counted.
    """
    councils = CouncilCache()
    changes = Changes(councils)
    async for record in log.read(partition, end):
        logged = decode(record, partitions)
        if isinstance(logged, Reject):
            continue
        if councils.missing([logged.event.council]):
            councils.put(logged.event.council, NEW_COUNCIL)
        changes.add(logged)
    return changes


async def rebuild(
    log: DeclarationsLog, store: Store, partition: int, end: int, partitions: int
) -> int:
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

    Returns the number of councils rebuilt. Raises KafkaUnavailableError, RedisUnavailableError, or
    RedisUnfitError if Redis may lose them again.
    """
    log = DeclarationsLog(settings, lambda: None)
    partitions = len(await log.ends())
    async with redis.connect(settings) as client:
        store = Store(client, Keys(settings.namespace))
        await store.check_keeps()
        return sum(
            [
                await rebuild(log, store, partition, end, partitions)
                for partition, end in sorted((await log.committed()).items())
            ]
        )
