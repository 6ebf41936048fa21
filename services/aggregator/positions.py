"""How far each partition is counted, in memory and in Redis; rebuilds Redis if it lost data.

A position is an offset: that after the last declaration folded, or after the last one stored in
Redis (the partition's watermark).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

import structlog

from services.aggregator.council_cache import CachedCouncil, CouncilCache
from services.aggregator.decode import LoggedEvent
from services.aggregator.errors import DataLossError, FencedError
from services.aggregator.other_log import check_log, other_log
from services.aggregator.rebuild import Rebuilder
from services.aggregator.steps import STEPS, Steps
from services.aggregator.store import Store
from services.platform.metrics import AGGREGATOR_REBUILDS
from services.platform.topic_log import DeclarationsLog

log = structlog.get_logger(__name__)

REBUILDS_PER_BATCH_MAX = 3
"""Rebuilds after which a batch is given up and the worker ends: Redis then loses data faster than
it can be rebuilt, for example because it evicts keys."""

T = TypeVar("T")


class Positions:
    """The positions of the partitions that this worker counts.

    `stored` is the watermark in Redis of each partition that was used since the last rebalance;
    None if Redis has none. `left_out` is the number of declarations that the last rebuild of a
    partition left out because livecount failed for them. Methods that use Redis run one at a time.
    """

    def __init__(
        self,
        declarations: DeclarationsLog,
        store: Store,
        councils: CouncilCache,
        partition_count: Callable[[], int],
        steps: Steps = STEPS,
    ) -> None:
        self._declarations = declarations
        self._store = store
        self._councils = councils
        self._partition_count = partition_count
        self._rebuilder = Rebuilder(declarations, store, steps)
        self._lock = asyncio.Lock()
        self._folded: dict[int, int] = {}
        self.stored: dict[int, int | None] = {}
        self.left_out: dict[int, int] = {}
        self._broken: set[tuple[int, int]] = set()

    def forget(self) -> None:
        """Forgets councils and positions. Call it in a rebalance, when partitions change hands."""
        self._councils.clear()
        self._folded.clear()
        self.stored.clear()

    def unfolded(self, records: Sequence[Any]) -> list[Any]:
        """Returns the records that have not been folded yet, in the order given."""
        return [record for record in records if record.offset >= (self._before(record) or 0)]

    def is_broken(self, logged: LoggedEvent) -> bool:
        """Returns whether a worker before this one set a declaration aside as broken.

        It holds, as what followed was counted without it, though this version may be another.
        """
        return (logged.record.partition, logged.record.offset) in self._broken

    def mark_folded(self, records: Sequence[Any]) -> dict[int, tuple[int | None, int]]:
        """Marks records as folded. Returns the position of each partition before and after."""
        advances: dict[int, tuple[int | None, int]] = {}
        for record in records:
            before = advances.get(record.partition, (self._before(record), 0))[0]
            advances[record.partition] = (before, record.offset + 1)
        self._folded.update({partition: end for partition, (_, end) in advances.items()})
        return advances

    async def ensure_known(self, partitions: Collection[int]) -> None:
        """Reads the watermarks of partitions that were not used since the last rebalance.

        If Redis is behind the group's committed offset it is rebuilt up to that. Raises
        FencedError if Redis is ahead of the log, or has another's positions: declarations still to
        come would be skipped.

        If all are known it returns without waiting for the commit under way, so that the next
        batch is folded, and its alerts leave, meanwhile.
        """
        if all(partition in self.stored for partition in partitions):
            return
        async with self._lock:
            await self._read_unknown(partitions)

    async def verify(self, partitions: Collection[int]) -> None:
        """Checks that Redis still has what was written, and rebuilds partitions that are behind.

        Returns once all the given partitions are right. Raises FencedError if Redis is ahead of
        what this worker wrote.
        """
        async with self._lock:
            await self._read_unknown(partitions)
            expected = {p: end for p, end in self.stored.items() if p in partitions}
            found = await self._store.watermarks(list(expected))
            behind = {p for p in expected if (found[p] or 0) < (expected[p] or 0)}
            ahead = {p for p in expected if (found[p] or 0) > (expected[p] or 0)}
            if ahead:
                raise FencedError(f"another worker counts partitions {sorted(ahead)}")
            if behind:
                log.warning("redis lost data", partitions=sorted(behind))
                await self._rebuild(behind)

    async def load(
        self, councils: Sequence[str], partitions: Collection[int]
    ) -> dict[str, CachedCouncil]:
        """Returns councils as Redis has them. None of them may have changes not yet stored.

        `partitions` are those of the councils. If Redis has lost data, they are rebuilt first.
        """

        async def read() -> dict[str, CachedCouncil]:
            return await self._store.load(councils, {p: self.stored[p] for p in partitions})

        async with self._lock:
            return await self._rebuilding_on_loss(read, partitions)

    async def write(
        self,
        write_batch: Callable[[], Awaitable[None]],
        advances: Mapping[int, tuple[int | None, int]],
    ) -> None:
        """Calls `write_batch`, which writes a batch to Redis; then updates `stored`.

        `advances` holds each partition's position before and after the batch. If `write_batch`
        raises DataLossError the partitions are rebuilt and it is called again, up to
        REBUILDS_PER_BATCH_MAX times.
        """
        async with self._lock:
            await self._rebuilding_on_loss(write_batch, advances)
            self.stored.update({partition: end for partition, (_, end) in advances.items()})

    async def _rebuilding_on_loss(
        self, action: Callable[[], Awaitable[T]], partitions: Collection[int]
    ) -> T:
        for _ in range(REBUILDS_PER_BATCH_MAX):
            try:
                return await action()
            except DataLossError as loss:
                log.warning("redis lost data", loss=str(loss))
                await self._rebuild(partitions)
        return await action()

    async def check_log(self) -> None:
        """Raises FencedError if Redis was counted from another log than there is now."""
        await check_log(self._declarations, self._store)

    async def _read_unknown(self, partitions: Collection[int]) -> None:
        unknown = [partition for partition in partitions if partition not in self.stored]
        if not unknown:
            return
        await self.check_log()
        committed = await self._declarations.committed()
        watermarks = await self._store.watermarks(unknown)
        ends = await self._declarations.ends()
        if any((watermarks[partition] or 0) < ends.get(partition, 0) for partition in unknown):
            # A worker before this one may have set aside some of what waits, and ended.
            self._broken = await self._declarations.broken()
        behind = set()
        for partition in unknown:
            watermark, end = watermarks[partition], ends.get(partition, 0)
            if (watermark or 0) > end:
                raise other_log(f"partition {partition} up to {watermark}, and it ends at {end}")
            self.stored[partition] = watermark
            if (watermark or 0) < committed.get(partition, 0):
                self.stored[partition] = committed[partition]
                behind.add(partition)
        if behind:
            log.warning("redis is behind the log", partitions=sorted(behind))
            await self._rebuild(behind)

    async def _rebuild(self, partitions: Collection[int]) -> None:
        """Replays partitions into Redis up to the stored positions, and clears the cache.

        A batch that was folded before the rebuild can still be written after it: the replay
        gives the same councils as the first count did.
        """
        self._councils.clear()
        # A Redis that was emptied has to learn again whose it is.
        await self.check_log()
        for partition in sorted(partitions):
            end = self.stored[partition] or 0
            rebuilt = await self._rebuilder.rebuild(partition, end, self._partition_count())
            self.left_out[partition] = rebuilt.broken
            AGGREGATOR_REBUILDS.inc()
            log.info("rebuilt", partition=partition, end=end, councils=rebuilt.councils)

    def _before(self, record: Any) -> int | None:
        """Returns how far the record's partition was folded, or stored if none of it was."""
        return self._folded.get(record.partition, self.stored[record.partition])
