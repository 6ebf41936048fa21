"""The six steps from declarations to totals and alerts, in an order that survives any crash."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

import structlog

from schemas.reject import Reject
from services.aggregator.changes import Changes
from services.aggregator.committer import Committer
from services.aggregator.council_cache import CouncilCache
from services.aggregator.decode import LoggedEvent, decode
from services.aggregator.folded_batch import FoldedBatch
from services.aggregator.outputs import Outputs
from services.aggregator.reject_limit import RejectLimit
from services.aggregator.store import Store
from services.platform.failpoints import failpoint
from services.platform.topic_log import DeclarationsLog

log = structlog.get_logger(__name__)


class BatchProcessor:
    """Counts the partitions that the group has given it.

    Batches are folded one after the other, and committed one after the other; while one waits
    for Kafka and Redis the next is folded already.
    """

    def __init__(
        self,
        declarations: DeclarationsLog,
        outputs: Outputs,
        store: Store,
        clock: Callable[[], float],
    ) -> None:
        self._outputs = outputs
        self._clock = clock
        self._councils = CouncilCache()
        self._reject_limit = RejectLimit()
        self._committer = Committer(declarations, outputs, store, self._councils, clock)
        self._connecting = asyncio.Lock()
        self._connected = False
        # The offset after the last declaration folded, by partition.
        self._ends: dict[int, int] = {}

    @property
    def positions(self) -> dict[int, int | None]:
        """The offset after the last declaration that Redis has, by partition looked at."""
        return self._committer.positions

    async def count(self, records: Sequence[Any]) -> None:
        """Counts a batch of records, in order, and returns when it may be acknowledged.

        1. The batch is what has arrived; `records` holds it, each partition's in its order.
        2. Decode and validate. What fails is published to `rejects`, and acknowledged by
           Kafka, before going on.
        3. Fold, in order, in memory.
        4. Publish alerts, at once, and totals; wait until every in-sync replica has them.
        5. Write to Redis, each election all or nothing; then, never before, the watermarks.
        6. Return: only now may the caller acknowledge the batch to Kafka.

        A crash between any two steps repeats every batch that is not acknowledged. Step 4 repeats
        the same alert ids, and step 5 recognises its own write. Where Redis has lost data it is
        rebuilt and step 5 repeated. Raises FencedError, KafkaUnavailableError,
        RedisUnavailableError or TooManyRejectsError with nothing acknowledged.
        """
        await self._committer.commit(await self._fold(records))

    async def begin(
        self, records: Sequence[Any], acknowledge: Callable[[], Awaitable[None]]
    ) -> None:
        """Counts a batch as `count` does, but returns once its alerts are on their way.

        The next batch is folded while this one waits for Kafka and Redis; `finish` sees to that.
        Step 5 of a batch never begins before step 6 of the one before it is done, which is
        `acknowledge`; batches that wait at the same time take it together. Waits while as many
        declarations are unfinished as there may be.
        """
        await self._committer.put(await self._fold(records), acknowledge)

    async def finish(self) -> None:
        """Does steps 4 to 6 of what was begun, until it is cancelled. Raises what `count` does."""
        await self._committer.run()

    async def _fold(self, records: Sequence[Any]) -> FoldedBatch:
        began_s = self._clock()
        await self._connect()
        await self._committer.look_at({record.partition for record in records})
        fresh = [record for record in records if record.offset >= self._end(record.partition)]
        placed = await self._decode(fresh)
        failpoint("after_decode")
        await self._load(placed)
        # From here to the last fold nothing is awaited, so that nobody clears the councils.
        changes = Changes(self._councils)
        conflicts = [found for declaration in placed if (found := changes.add(declaration))]
        for council, held in changes.held():
            self._councils.put(council, held)
        self._councils.evict()
        advances: dict[int, tuple[int | None, int]] = {}
        for record in fresh:
            before = advances.get(record.partition, (self._before(record.partition), 0))[0]
            advances[record.partition] = (before, record.offset + 1)
        self._ends.update({partition: end for partition, (_, end) in advances.items()})
        failpoint("after_fold")
        sent = await self._outputs.send(changes.alerts_written(), conflicts)
        outcomes = {
            "counted": changes.counted,
            "unchanged": len(placed) - changes.counted - len(conflicts),
            "rejected": len(fresh) - len(placed) + len(conflicts),
        }
        return FoldedBatch(changes, sent, advances, outcomes, len(records), began_s)

    async def finished(self) -> None:
        """Returns once everything that was begun is finished."""
        await self._committer.finished()

    async def look_after(self, partitions: Collection[int]) -> None:
        """Rebuilds the given partitions where Redis is behind; returns once all are right.

        Raises FencedError where Redis is ahead of what this worker wrote.
        """
        await self._connect()
        await self._committer.look_after(partitions)

    def forget(self) -> None:
        """Forgets councils and positions, as partitions may have gone to others and back."""
        self._councils.clear()
        self._ends.clear()
        self.positions.clear()

    async def _connect(self) -> None:
        async with self._connecting:
            if not self._connected:
                await self._outputs.start()
                self._connected = True

    async def _decode(self, records: Sequence[Any]) -> list[LoggedEvent]:
        """Returns the declarations among records; publishes the rest as rejects and waits."""
        partitions = self._outputs.declarations_partitions
        placed, rejects = [], []
        for record in records:
            found = decode(record, partitions)
            if isinstance(found, Reject):
                rejects.append(found)
            else:
                placed.append(found)
        self._reject_limit.saw(len(records), len(rejects))
        for found in rejects:
            log.warning(
                "declaration rejected",
                partition=found.partition,
                offset=found.offset,
                reason=found.reason,
                detail=found.detail,
            )
        await self._outputs.reject(rejects)
        return placed

    async def _load(self, placed: Sequence[LoggedEvent]) -> None:
        """Loads from Redis the councils of a batch that are not in memory.

        Redis must have all that was folded of them. None that was held has been forgotten as a
        rule; after that unfinished batches are waited for. Where Redis is found to have lost
        data meanwhile, all councils are forgotten; so it is looked again until none is missing.
        """
        named = [declaration.event.council for declaration in placed]
        partitions = {declaration.record.partition for declaration in placed}
        while self._councils.missing(named):
            if self._councils.has_evicted:
                await self._committer.finished()
                self._councils.has_evicted = False
            missing = self._councils.missing(named)
            for council, held in (await self._committer.load(missing, partitions)).items():
                self._councils.put(council, held)

    def _before(self, partition: int) -> int | None:
        return self._ends.get(partition, self.positions[partition])

    def _end(self, partition: int) -> int:
        return self._before(partition) or 0
