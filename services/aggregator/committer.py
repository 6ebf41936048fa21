"""The committer: steps 4 to 6 of a batch, one batch after the other, while others are folded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

import structlog

from services.aggregator.changes import Entry
from services.aggregator.council_cache import CachedCouncil, CouncilCache
from services.aggregator.errors import DataLossError, FencedError
from services.aggregator.folded_batch import FoldedBatch, merged
from services.aggregator.outputs import Outputs
from services.aggregator.rebuild import rebuild
from services.aggregator.store import Store
from services.platform.failpoints import failpoint
from services.platform.metrics import (
    AGGREGATOR_ALERTS,
    AGGREGATOR_BATCH_SECONDS,
    AGGREGATOR_BATCH_SIZE,
    AGGREGATOR_DECLARATIONS,
    AGGREGATOR_REBUILDS,
)
from services.platform.topic_log import DeclarationsLog

log = structlog.get_logger(__name__)

DECLARATIONS_UNFINISHED_MAX = 8_000
"""Declarations folded and not yet in Redis after which no further batch is begun. It bounds what
a crash repeats; more would not be faster, as there is but one processor to fold with."""

DECLARATIONS_A_COMMIT_MAX = 2_000
"""Declarations after which a commit takes no further batch along. It bounds the time of one Redis
script, as BATCH_DECLARATIONS_MAX does."""

REBUILDS_A_BATCH_MAX = 3
"""Rebuilds after which a batch is given up and the worker ends: Redis then loses data faster than
it can be brought back, as it does where it evicts keys."""


Acknowledge = Callable[[], Awaitable[None]]


class Committer:
    """Publishes, stores and acknowledges folded batches in the order they are put.

    `positions` holds, for each partition looked at since the last rebalance, the watermark that
    Redis has: the offset after the last declaration stored there.
    """

    def __init__(
        self,
        declarations: DeclarationsLog,
        outputs: Outputs,
        store: Store,
        councils: CouncilCache,
        clock: Callable[[], float],
    ) -> None:
        self._declarations = declarations
        self._outputs = outputs
        self._store = store
        self._councils = councils
        self._clock = clock
        self._turn = asyncio.Lock()
        self._folded: asyncio.Queue[tuple[FoldedBatch, Acknowledge]] = asyncio.Queue()
        self._room = asyncio.Condition()
        self._unfinished = 0
        self.positions: dict[int, int | None] = {}

    async def put(self, folded: FoldedBatch, acknowledge: Acknowledge) -> None:
        """Hands a batch over to `run`; waits while too many declarations are unfinished.

        `acknowledge` is called once Kafka and Redis have all of it.
        """
        async with self._room:
            await self._room.wait_for(lambda: self._unfinished < DECLARATIONS_UNFINISHED_MAX)
            self._unfinished += folded.records
        self._folded.put_nowait((folded, acknowledge))

    async def finished(self) -> None:
        """Returns once every batch that was put is in Redis and acknowledged."""
        await self._folded.join()

    async def run(self) -> None:
        """Commits what was put, in its order, until it is cancelled.

        Batches that were folded while the last commit was under way are committed as one, as if
        they had arrived together: their alerts are in Kafka before Redis is written, and all of
        them are in Redis before the first is acknowledged. Raises FencedError,
        KafkaUnavailableError or RedisUnavailableError; the batches in hand and those after them are
        then not acknowledged.
        """
        while True:
            waiting = [await self._folded.get()]
            records = waiting[0][0].records
            while records < DECLARATIONS_A_COMMIT_MAX and not self._folded.empty():
                waiting.append(self._folded.get_nowait())
                records += waiting[-1][0].records
            await self.commit(merged([folded for folded, _ in waiting]))
            for _, acknowledge in waiting:
                await acknowledge()
                self._folded.task_done()
            async with self._room:
                self._unfinished -= records
                self._room.notify_all()

    async def commit(self, folded: FoldedBatch) -> None:
        """Publishes a batch's totals, and writes it to Redis once Kafka has all its outputs.

        Raises FencedError, KafkaUnavailableError or RedisUnavailableError.
        """
        await self._outputs.acknowledged(folded.sent)
        entries = await folded.changes.entries()
        await self._outputs.publish_totals(entries)
        failpoint("after_publish")
        async with self._turn:
            for _ in range(REBUILDS_A_BATCH_MAX):
                try:
                    await self._write(entries, folded.advances)
                    break
                except DataLossError as loss:
                    await self._made_good(loss, folded.advances)
            else:
                await self._write(entries, folded.advances)
            self.positions.update({place: end for place, (_, end) in folded.advances.items()})
        for outcome, number in folded.outcomes.items():
            AGGREGATOR_DECLARATIONS.labels(outcome).inc(number)
        for alert in folded.changes.alerts():
            AGGREGATOR_ALERTS.labels(alert.kind, alert.action).inc()
        AGGREGATOR_BATCH_SIZE.observe(sum(folded.outcomes.values()))
        AGGREGATOR_BATCH_SECONDS.observe(self._clock() - folded.began_s)

    async def look_at(self, partitions: Collection[int]) -> None:
        """Learns the watermarks of partitions not looked at since the last rebalance.

        Redis behind the group's committed offset is rebuilt up to there. Raises FencedError where
        Redis has more than the log: counting on would pass over declarations as known.

        Partitions that were looked at take no turn, so that the fold of a batch, and its alerts,
        need not wait until Redis has the batch before.
        """
        if all(partition in self.positions for partition in partitions):
            return
        async with self._turn:
            await self._look_at(partitions)

    async def look_after(self, partitions: Collection[int]) -> None:
        """Rebuilds the given partitions where Redis is behind; returns once all are right.

        Raises FencedError where Redis is ahead of what this worker wrote.
        """
        async with self._turn:
            await self._look_at(partitions)
            kept = {p: position for p, position in self.positions.items() if p in partitions}
            found = await self._store.watermarks(list(kept))
            behind = {p for p in kept if (found[p] or 0) < (kept[p] or 0)}
            ahead = {p for p in kept if (found[p] or 0) > (kept[p] or 0)}
            if ahead:
                raise FencedError(f"another worker counts partitions {sorted(ahead)}")
            if behind:
                log.warning("redis lost data", partitions=sorted(behind))
                await self._rebuild(behind)

    async def load(
        self, councils: Sequence[str], partitions: Collection[int]
    ) -> dict[str, CachedCouncil]:
        """Returns councils as Redis has them. None of them may have changes unfinished."""
        async with self._turn:
            for _ in range(REBUILDS_A_BATCH_MAX):
                try:
                    return await self._load(councils, partitions)
                except DataLossError as loss:
                    await self._made_good(loss, partitions)
            return await self._load(councils, partitions)

    async def _load(
        self, councils: Sequence[str], partitions: Collection[int]
    ) -> dict[str, CachedCouncil]:
        return await self._store.load(councils, {p: self.positions[p] for p in partitions})

    async def _write(
        self, entries: Sequence[Entry], advances: Mapping[int, tuple[int | None, int]]
    ) -> None:
        await self._store.commit(entries)
        failpoint("after_commit")
        await self._store.advance(advances, {entry.election for entry in entries})
        failpoint("after_watermark")

    async def _look_at(self, partitions: Collection[int]) -> None:
        new = [partition for partition in partitions if partition not in self.positions]
        if not new:
            return
        committed = await self._declarations.committed()
        watermarks = await self._store.watermarks(new)
        ends = await self._declarations.ends()
        behind = set()
        for partition in new:
            if (watermarks[partition] or 0) > ends.get(partition, 0):
                raise FencedError(
                    f"Redis has partition {partition} up to {watermarks[partition]}, but its log"
                    f" ends at {ends.get(partition, 0)}: it is another log's; remove the"
                    " namespace's keys from Redis and start again"
                )
            self.positions[partition] = watermarks[partition]
            if (watermarks[partition] or 0) < committed.get(partition, 0):
                self.positions[partition] = committed[partition]
                behind.add(partition)
        if behind:
            log.warning("redis is behind the log", partitions=sorted(behind))
            await self._rebuild(behind)

    async def _made_good(self, loss: DataLossError, partitions: Collection[int]) -> None:
        log.warning("redis lost data", loss=str(loss))
        await self._rebuild(partitions)

    async def _rebuild(self, partitions: Collection[int]) -> None:
        """Replays partitions up to their positions into Redis and forgets the councils held.

        A batch that was folded before is written after it all the same: the replay makes of the
        log what it made before.
        """
        self._councils.clear()
        partitions_in_all = self._outputs.declarations_partitions
        for partition in sorted(partitions):
            end = self.positions[partition] or 0
            councils = await rebuild(
                self._declarations, self._store, partition, end, partitions_in_all
            )
            AGGREGATOR_REBUILDS.inc()
            log.info("rebuilt", partition=partition, end=end, councils=councils)
