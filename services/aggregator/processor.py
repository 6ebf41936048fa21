"""The six steps from declarations to totals and alerts, in an order that survives any crash."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import Any

import structlog

from schemas.reject import Reject
from services.aggregator.changes import Changes
from services.aggregator.committer import Committer
from services.aggregator.council_cache import CouncilCache
from services.aggregator.decode import LoggedEvent, decode
from services.aggregator.folded_batch import FoldedBatch
from services.aggregator.folding import Folded, fold
from services.aggregator.log_trees import LogTrees
from services.aggregator.outputs import Outputs
from services.aggregator.rebuild import Rebuilder
from services.aggregator.steps import STEPS, Steps
from services.aggregator.store import Store
from services.aggregator.traced import counting_spans
from services.engine.positions import Positions, Rebuilt
from services.engine.publisher import PendingAcks
from services.engine.reject_limit import RejectLimit
from services.platform.failpoints import failpoint
from services.platform.topic_log import DeclarationsLog

log = structlog.get_logger(__name__)


class BatchProcessor:
    """Counts the partitions that the consumer group has assigned to this worker.

    Batches are folded one after the other, and committed one after the other. While one is
    committed the next is folded.
    """

    def __init__(
        self,
        declarations: DeclarationsLog,
        outputs: Outputs,
        store: Store,
        clock: Callable[[], float],
        steps: Steps = STEPS,
    ) -> None:
        self._outputs = outputs
        self._clock = clock
        self._steps = steps
        self._councils = CouncilCache()
        self._reject_limit = RejectLimit()
        self._store = store
        self._rebuilder = Rebuilder(declarations, store, steps)
        self._trees = LogTrees(declarations, store)
        self._positions = Positions(declarations, store, self._rebuild, self._councils.clear)
        self._committer = Committer(outputs, store, self._positions, clock)
        self._connecting = asyncio.Lock()
        self._connected = False

    @property
    def positions(self) -> dict[int, int | None]:
        """The offset after the last declaration that Redis has, by partition.

        Only partitions that were used since the last rebalance are in it.
        """
        return self._positions.stored

    @property
    def broken(self) -> int:
        """The number of declarations for which livecount failed since the start of this worker.

        They are set aside, or left out of the last rebuild of their partition.
        """
        return self._committer.broken + sum(self._positions.left_out.values())

    async def count(self, records: Sequence[Any]) -> None:
        """Counts a batch of records, in order. Returns when it may be acknowledged.

        1. Take what has arrived, without waiting for more: `records`, in order within a
           partition.
        2. Decode and validate (`decode`). What fails is published to `rejects`, and acknowledged
           by Kafka, before step 3.
        3. Fold, in order, in memory (`changes`), on top of what was folded before (`positions`,
           `council_cache`), and write out what will be published. What fails is set aside by
           itself (`folding`). The result is a `folded_batch`.
        4. Publish alerts at once, and then totals and changed wards (`outputs`). Wait until every
           in-sync replica has them.
        5. Write to Redis (`store`): the councils, each election all or nothing, and only then the
           watermarks, each with the Merkle tree of its partition (`log_trees`).
        6. Return. Only now may the caller acknowledge the batch to Kafka.

        `committer` does steps 4 to 6. A crash between any two steps repeats every batch that is
        not acknowledged: step 4 then publishes the same alert ids, and step 5 recognises its own
        write. If Redis has lost data, it is rebuilt (`rebuild`) and step 5 is repeated.

        Raises FencedError, KafkaUnavailableError, RedisUnavailableError or TooManyRejectsError;
        then nothing was acknowledged.
        """
        await self._committer.commit(await self._fold(records))

    async def begin(
        self, records: Sequence[Any], acknowledge: Callable[[], Awaitable[None]]
    ) -> None:
        """Counts a batch as `count` does, but returns once its alerts are sent.

        `finish` does the rest, while the caller begins the next batch. It calls `acknowledge`
        for step 6. Step 5 of a batch starts only after step 6 of the batch before it, except for
        batches that wait at the same time: these are committed together. If the limit of
        unfinished declarations is reached, waits until some are finished.
        """
        await self._committer.put(await self._fold(records), acknowledge)

    async def finish(self) -> None:
        """Does steps 4 to 6 of the batches begun, until it is cancelled. Raises as `count` does."""
        await self._committer.run()

    async def _fold(self, records: Sequence[Any]) -> FoldedBatch:
        began_s = self._clock()
        await self._connect()
        partitions = {record.partition for record in records}
        await self._positions.ensure_known(partitions)
        await self._trees.ensure_known(
            {partition: self._positions.folded(partition) for partition in partitions}
        )
        fresh = self._positions.unfolded(records)
        declarations, spans = counting_spans(await self._decode(fresh))
        failpoint("after_decode")
        await self._load(declarations)
        counting = [
            logged for logged in declarations if not self._positions.is_broken(logged.record)
        ]
        councils = self._councils.snapshot(logged.event.council for logged in counting)
        parts, rejects, pending_acks = [], [], PendingAcks()
        async for part in fold(counting, councils, self._steps):
            failpoint("after_fold")
            pending_acks += await self._publish(part)
            parts.append(part.changes)
            rejects += part.rejects
        changes = Changes.merged(parts)
        # A rebuild may have cleared the cache meanwhile. These follow from what was folded before.
        for council, updated in changes.updated_councils():
            self._councils.put(council, updated)
        self._councils.evict()
        advances = self._positions.mark_folded(fresh)
        trees = self._trees.add(fresh)
        broken = len(declarations) - len(counting) + _broken(rejects)
        waiting = changes.waiting
        parked = sum(reject.reason == "parked" for reject in rejects)
        outcomes = {
            "counted": changes.counted - waiting,
            "unchanged": len(counting) - changes.counted - len(rejects) + waiting,
            "rejected": len(fresh) - len(counting) + len(rejects) - broken - waiting,
            "broken": broken,
            "parked": parked,
            "held": waiting - parked,
        }
        return FoldedBatch(
            changes, pending_acks, advances, outcomes, len(records), began_s, trees, spans
        )

    async def finished(self) -> None:
        """Returns once all batches begun are stored and acknowledged."""
        await self._committer.finished()

    async def verify(self, partitions: Collection[int]) -> None:
        """Checks that Redis still has what was written, and rebuilds partitions that are behind.

        Returns once all the given partitions are right. Raises FencedError if Redis is ahead of
        what this worker wrote, KafkaUnavailableError or RedisUnavailableError.
        """
        await self._connect()
        await self._positions.verify(partitions)

    async def check_log(self) -> None:
        """Raises FencedError if Redis was counted from another log than there is now.

        Raises KafkaUnavailableError or RedisUnavailableError if one of them cannot be asked.
        """
        await self._positions.check_log()

    def forget(self) -> None:
        """Forgets councils, positions and trees. Call it in a rebalance, when partitions move."""
        self._positions.forget()
        self._trees.forget()

    async def _rebuild(self, partition: int, end: int) -> Rebuilt:
        return await self._rebuilder.rebuild(partition, end, self._outputs.declarations_partitions)

    async def _connect(self) -> None:
        async with self._connecting:
            if not self._connected:
                await self._outputs.start()
                self._connected = True

    async def _decode(self, records: Sequence[Any]) -> list[LoggedEvent]:
        """Returns the valid declarations. Publishes the rest as rejects, and waits for Kafka."""
        partitions = self._outputs.declarations_partitions
        declarations, rejects = [], []
        for record in records:
            decoded = decode(record, partitions)
            if isinstance(decoded, Reject):
                rejects.append(decoded)
            else:
                declarations.append(decoded)
        self._reject_limit.add(len(records), len(rejects))
        for reject in rejects:
            log.warning(
                "declaration rejected",
                partition=reject.partition,
                offset=reject.offset,
                reason=reject.reason,
                detail=reject.detail,
            )
        await self._outputs.reject(rejects)
        return declarations

    async def _publish(self, part: Folded) -> PendingAcks:
        """Sends the alerts and rejects of a fold. Returns the acknowledgements still to come.

        If anything broke, its reject is acknowledged before the alerts leave: from then on it is
        decided, also for a later version, and what was folded without it holds.
        """
        rejects = part.rejects
        if broken := _broken(rejects):
            self._reject_limit.add(0, broken)
            await self._outputs.reject(rejects)
            rejects = []
        return await self._outputs.send(part.changes.encoded_alerts(), rejects)

    async def _load(self, declarations: Sequence[LoggedEvent]) -> None:
        """Loads the councils of a batch that are not in the cache from Redis.

        If the cache has evicted any, they may have changes that Redis does not have yet, so this
        first waits until all batches are finished. If Redis turns out to have lost data, the
        cache is cleared; so this repeats until no council is missing.
        """
        councils = [logged.event.council for logged in declarations]
        partitions = {logged.record.partition for logged in declarations}
        while self._councils.missing(councils):
            if self._councils.has_evicted:
                await self._committer.finished()
                self._councils.has_evicted = False
            missing = self._councils.missing(councils)
            read = partial(self._store.load, missing)
            for council, loaded in (await self._positions.load(read, partitions)).items():
                self._councils.put(council, loaded)


def _broken(rejects: Sequence[Reject]) -> int:
    return sum(reject.reason == "broken" for reject in rejects)
