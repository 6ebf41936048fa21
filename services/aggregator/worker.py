"""The six steps from declarations to totals and alerts, in an order that survives any crash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Any

import structlog

from schemas.reject import Reject
from services.aggregator.changes import Changes
from services.aggregator.councils import Councils
from services.aggregator.decode import Placed, decode
from services.aggregator.outputs import Outputs
from services.aggregator.poison import Poison
from services.aggregator.rebuild import Log, rebuild
from services.aggregator.store import Fenced, Lost, Store
from services.platform.crash import crash_point
from services.platform.metrics import (
    AGGREGATOR_ALERTS,
    AGGREGATOR_BATCH_SECONDS,
    AGGREGATOR_BATCH_SIZE,
    AGGREGATOR_DECLARATIONS,
    AGGREGATOR_REBUILDS,
)

log = structlog.get_logger(__name__)


REBUILDS_A_BATCH_MAX = 3
"""Rebuilds after which a batch is given up and the worker ends: Redis then loses data faster than
it can be brought back, as it does where it evicts keys."""


class Worker:
    """Counts the partitions that the group has given it, one batch at a time.

    `positions` holds, for each partition looked at since the last rebalance, the watermark that
    Redis has: the offset after the last declaration counted there.
    """

    def __init__(
        self, declarations: Log, outputs: Outputs, store: Store, clock: Callable[[], float]
    ) -> None:
        self._declarations = declarations
        self._outputs = outputs
        self._store = store
        self._clock = clock
        self._councils = Councils()
        self._poison = Poison()
        self._turn = asyncio.Lock()
        self._connected = False
        self.positions: dict[int, int | None] = {}

    async def count(self, records: Sequence[Any]) -> None:
        """Counts a batch of records, in order, and returns when it may be acknowledged.

        1. The batch is what has arrived; `records` holds it, each partition's in its order.
        2. Decode and validate. What fails is published to `rejects`, and acknowledged by
           Kafka, before going on.
        3. Fold, in order, in memory.
        4. Publish alerts and totals; wait until every in-sync replica has them.
        5. Write to Redis, each election all or nothing; then, never before, the watermarks.
        6. Return: only now may the caller acknowledge the batch to Kafka.

        A crash between any two steps repeats the batch. Step 4 repeats the same alert ids, and
        step 5 recognises its own write. Where Redis has lost data it is rebuilt and the batch
        repeated. Raises Fenced, KafkaAway, RedisAway or Poisoned with nothing acknowledged.
        """
        async with self._turn:
            started_s = self._clock()
            await self._connect()
            await self._look_at({record.partition for record in records})
            for _ in range(REBUILDS_A_BATCH_MAX):
                try:
                    await self._commit(records)
                    break
                except Lost as loss:
                    log.warning("redis lost data", loss=str(loss))
                    await self._rebuild({record.partition for record in records})
            else:
                await self._commit(records)
            AGGREGATOR_BATCH_SIZE.observe(len(records))
            AGGREGATOR_BATCH_SECONDS.observe(self._clock() - started_s)

    async def look_after(self, partitions: Collection[int]) -> None:
        """Rebuilds the given partitions where Redis is behind; returns once all are right.

        Raises Fenced where Redis is ahead of what this worker wrote.
        """
        async with self._turn:
            await self._connect()
            await self._look_at(partitions)
            kept = {p: position for p, position in self.positions.items() if p in partitions}
            found = await self._store.watermarks(list(kept))
            behind = {p for p in kept if (found[p] or 0) < (kept[p] or 0)}
            ahead = {p for p in kept if (found[p] or 0) > (kept[p] or 0)}
            if ahead:
                raise Fenced(f"another worker counts partitions {sorted(ahead)}")
            if behind:
                log.warning("redis lost data", partitions=sorted(behind))
                await self._rebuild(behind)

    def forget(self) -> None:
        """Forgets councils and positions, as partitions may have gone to others and back."""
        self._councils.clear()
        self.positions.clear()

    async def _connect(self) -> None:
        if not self._connected:
            await self._outputs.start()
            self._connected = True

    async def _commit(self, records: Sequence[Any]) -> None:
        fresh = [record for record in records if record.offset >= self._position(record.partition)]
        placed = await self._decode(fresh)
        crash_point("after_decode")
        await self._load(placed)
        changes = Changes(self._councils)
        conflicts = [found for declaration in placed if (found := changes.add(declaration))]
        entries = changes.entries()
        crash_point("after_fold")
        await self._outputs.reject(conflicts)
        await self._outputs.publish(entries)
        crash_point("after_publish")
        await self._store.commit(entries)
        crash_point("after_commit")
        ends = {record.partition: record.offset + 1 for record in fresh}
        await self._store.advance(
            {partition: (self.positions[partition], end) for partition, end in ends.items()},
            {entry.election for entry in entries},
        )
        crash_point("after_watermark")
        self.positions.update(ends)
        for council, held in changes.held():
            self._councils.put(council, held)
        self._councils.trim()
        AGGREGATOR_DECLARATIONS.labels("counted").inc(changes.counted)
        AGGREGATOR_DECLARATIONS.labels("unchanged").inc(
            len(placed) - changes.counted - len(conflicts)
        )
        AGGREGATOR_DECLARATIONS.labels("rejected").inc(len(fresh) - len(placed) + len(conflicts))
        for alert in changes.alerts():
            AGGREGATOR_ALERTS.labels(alert.kind, alert.action).inc()

    async def _decode(self, records: Sequence[Any]) -> list[Placed]:
        """Returns the declarations among records; publishes the rest as rejects and waits."""
        partitions = self._outputs.declarations_partitions
        placed, rejects = [], []
        for record in records:
            found = decode(record, partitions)
            if isinstance(found, Reject):
                rejects.append(found)
            else:
                placed.append(found)
        self._poison.saw(len(records), len(rejects))
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

    async def _load(self, placed: Sequence[Placed]) -> None:
        """Loads from Redis the councils of a batch that are not in memory."""
        missing = self._councils.missing(declaration.event.council for declaration in placed)
        if missing:
            partitions = {declaration.record.partition for declaration in placed}
            positions = {partition: self.positions[partition] for partition in partitions}
            for council, held in (await self._store.load(missing, positions)).items():
                self._councils.put(council, held)

    async def _look_at(self, partitions: Collection[int]) -> None:
        """Learns the watermarks of partitions not looked at since the last rebalance.

        Redis behind the group's committed offset is rebuilt up to there. Raises Fenced where
        Redis has more than the log: counting on would pass over declarations as known.
        """
        new = [partition for partition in partitions if partition not in self.positions]
        if not new:
            return
        committed = await self._declarations.committed()
        watermarks = await self._store.watermarks(new)
        ends = await self._declarations.ends()
        behind = set()
        for partition in new:
            if (watermarks[partition] or 0) > ends.get(partition, 0):
                raise Fenced(
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

    async def _rebuild(self, partitions: Collection[int]) -> None:
        """Replays partitions up to their positions into Redis and forgets the councils held."""
        self._councils.clear()
        partitions_in_all = self._outputs.declarations_partitions
        for partition in sorted(partitions):
            end = self._position(partition)
            councils = await rebuild(
                self._declarations, self._store, partition, end, partitions_in_all
            )
            AGGREGATOR_REBUILDS.inc()
            log.info("rebuilt", partition=partition, end=end, councils=councils)

    def _position(self, partition: int) -> int:
        return self.positions[partition] or 0
