"""How far each partition is counted, in memory and in Redis; rebuilds Redis if it lost data.

A position is an offset: that after the last declaration folded, or after the last one stored in
Redis (the partition's watermark).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import structlog

from services.engine.errors import DataLossError, FencedError, ReassignedError
from services.engine.other_log import check_log, other_log
from services.engine.watermarks import Watermarks
from services.platform.topic_log import WorkerLog

log = structlog.get_logger(__name__)

REBUILDS_PER_BATCH_MAX = 3
"""Rebuilds after which a batch is given up and the worker ends: Redis then loses data faster than
it can be rebuilt, for example because it evicts keys."""

T = TypeVar("T")


class Rebuilt(NamedTuple):
    """How many councils were rebuilt, and how many messages livecount failed for.

    Those are left out. They are not on record as broken, so a version that can counts them.
    """

    councils: int
    broken: int


class Positions:
    """The positions of the partitions that this worker counts.

    `rebuild` replays a partition into Redis up to an offset. `forget_counted` forgets whatever
    was loaded from Redis, as it is older after a rebuild.

    `stored` is the watermark in Redis of each partition that was used since the last rebalance;
    None if Redis has none. `left_out` is the number of messages that the last rebuild of a
    partition left out because livecount failed for them. Methods that use Redis run one at a time.
    `forget` waits for none of them: one that is under way raises ReassignedError, once it needs
    what was forgotten, except that `verify` returns.
    """

    def __init__(
        self,
        messages: WorkerLog,
        watermarks: Watermarks,
        rebuild: Callable[[int, int], Awaitable[Rebuilt]],
        forget_counted: Callable[[], None],
    ) -> None:
        self._messages = messages
        self._watermarks = watermarks
        self._rebuild_one = rebuild
        self._forget_counted = forget_counted
        self._lock = asyncio.Lock()
        self._rebalances = 0
        self._folded: dict[int, int] = {}
        self.stored: dict[int, int | None] = {}
        self.left_out: dict[int, int] = {}
        self._broken: set[tuple[int, int]] = set()

    def forget(self) -> None:
        """Forgets everything. Call it in a rebalance, when partitions change hands."""
        self._rebalances += 1
        self._forget_counted()
        self._folded.clear()
        self.stored.clear()

    def unfolded(self, records: Sequence[Any]) -> list[Any]:
        """Returns the records that have not been folded yet, in the order given."""
        return [record for record in records if record.offset >= (self._before(record) or 0)]

    def folded(self, partition: int) -> int:
        """Returns the offset up to which a known partition was folded, or stored if none was."""
        return self._at(partition) or 0

    def is_broken(self, record: Any) -> bool:
        """Returns whether a worker before this one set a record aside as broken.

        It holds, as what followed was counted without it, though this version may be another.
        """
        return (record.partition, record.offset) in self._broken

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
        FencedError if Redis is ahead of the log, or has another's positions: what is still to
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

        Returns once all the given partitions are right, or have changed hands meanwhile. Raises
        FencedError if Redis is ahead of what this worker wrote.
        """
        async with self._lock:
            with contextlib.suppress(ReassignedError):
                await self._verify(partitions)

    async def _verify(self, partitions: Collection[int]) -> None:
        rebalances = self._rebalances
        await self._read_unknown(partitions)
        expected = {p: end for p, end in self.stored.items() if p in partitions}
        found = await self._watermarks.watermarks(list(expected))
        self._check_none_since(rebalances)
        behind = {p for p in expected if (found[p] or 0) < (expected[p] or 0)}
        ahead = {p for p in expected if (found[p] or 0) > (expected[p] or 0)}
        if ahead:
            raise FencedError(f"another worker counts partitions {sorted(ahead)}")
        if behind:
            log.warning("redis lost data", partitions=sorted(behind))
            await self._rebuild(behind)

    async def load(
        self,
        read: Callable[[Mapping[int, int | None]], Awaitable[T]],
        partitions: Collection[int],
    ) -> T:
        """Returns what `read` reads from Redis. Nothing of it may have changes not yet stored.

        `partitions` are those of what is read; `read` is given their expected watermarks. If it
        raises DataLossError they are rebuilt first.
        """

        async def expected() -> T:
            return await read({partition: self._stored(partition) for partition in partitions})

        async with self._lock:
            return await self._rebuilding_on_loss(expected, partitions)

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
        await check_log(self._messages, self._watermarks)

    async def _read_unknown(self, partitions: Collection[int]) -> None:
        unknown = [partition for partition in partitions if partition not in self.stored]
        if not unknown:
            return
        rebalances = self._rebalances
        await self.check_log()
        committed = await self._messages.committed()
        watermarks = await self._watermarks.watermarks(unknown)
        ends = await self._messages.ends()
        if any((watermarks[partition] or 0) < ends.get(partition, 0) for partition in unknown):
            # A worker before this one may have set aside some of what waits, and ended.
            self._broken = await self._messages.broken()
        self._check_none_since(rebalances)
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
        """Replays partitions into Redis up to the stored positions, and forgets what was counted.

        A batch that was folded before the rebuild can still be written after it: the replay
        gives the same as the first count did.
        """
        self._forget_counted()
        # A Redis that was emptied has to learn again whose it is.
        await self.check_log()
        for partition in sorted(partitions):
            end = self._stored(partition) or 0
            rebuilt = await self._rebuild_one(partition, end)
            self.left_out[partition] = rebuilt.broken
            log.info("rebuilt", partition=partition, end=end, councils=rebuilt.councils)

    def _before(self, record: Any) -> int | None:
        """Returns how far the record's partition was folded, or stored if none of it was."""
        return self._at(record.partition)

    def _at(self, partition: int) -> int | None:
        return self._folded.get(partition, self._stored(partition))

    def _stored(self, partition: int) -> int | None:
        if partition not in self.stored:
            raise ReassignedError(f"partition {partition} changed hands while it was used")
        return self.stored[partition]

    def _check_none_since(self, rebalances: int) -> None:
        """Raises ReassignedError if partitions have changed hands since so many rebalances."""
        if rebalances != self._rebalances:
            raise ReassignedError("partitions changed hands while they were read")
