"""Steps 4 to 6 of a batch: publish, store and acknowledge it, while the next one is folded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from services.aggregator.folded_batch import FoldedBatch, merged
from services.aggregator.outputs import Outputs
from services.aggregator.store import Store
from services.engine.positions import Positions
from services.platform.failpoints import failpoint
from services.platform.metrics import (
    AGGREGATOR_ALERTS,
    AGGREGATOR_BATCH_SECONDS,
    AGGREGATOR_BATCH_SIZE,
    AGGREGATOR_DECLARATIONS,
)

DECLARATIONS_UNFINISHED_MAX = 8_000
"""If so many declarations are folded and not yet in Redis, no further batch is folded. It limits
what a crash repeats. More would not be faster, as only one processor core folds."""

DECLARATIONS_PER_COMMIT_MAX = 2_000
"""If a commit has so many declarations, no further batch joins it. It limits the time of one Redis
script, as BATCH_RECORDS_MAX does."""

Acknowledge = Callable[[], Awaitable[None]]


class Committer:
    """Publishes, stores and acknowledges folded batches, in the order in which they are put.

    `broken` is the number of declarations in them that were set aside as broken.
    """

    def __init__(
        self, outputs: Outputs, store: Store, positions: Positions, clock: Callable[[], float]
    ) -> None:
        self._outputs = outputs
        self._store = store
        self._positions = positions
        self._clock = clock
        self._folded: asyncio.Queue[tuple[FoldedBatch, Acknowledge]] = asyncio.Queue()
        self._capacity = asyncio.Condition()
        self._unfinished = 0
        self.broken = 0

    async def put(self, folded: FoldedBatch, acknowledge: Acknowledge) -> None:
        """Queues a batch for `run`. Waits while DECLARATIONS_UNFINISHED_MAX are unfinished.

        `acknowledge` is called once Kafka and Redis have the whole batch.
        """
        async with self._capacity:
            await self._capacity.wait_for(lambda: self._unfinished < DECLARATIONS_UNFINISHED_MAX)
            self._unfinished += folded.records
        self._folded.put_nowait((folded, acknowledge))

    async def finished(self) -> None:
        """Returns once every batch that was put is stored and acknowledged."""
        await self._folded.join()

    async def run(self) -> None:
        """Commits batches, in the order in which they were put, until it is cancelled.

        Batches that were folded during the last commit are committed as one: Kafka has all their
        alerts before Redis is written, and Redis has all of them before the first is
        acknowledged. Raises what `commit` raises; then neither the batches in hand nor those
        after them are acknowledged.
        """
        while True:
            waiting = [await self._folded.get()]
            records = waiting[0][0].records
            while records < DECLARATIONS_PER_COMMIT_MAX and not self._folded.empty():
                waiting.append(self._folded.get_nowait())
                records += waiting[-1][0].records
            await self.commit(merged([folded for folded, _ in waiting]))
            for _, acknowledge in waiting:
                await acknowledge()
                self._folded.task_done()
            async with self._capacity:
                self._unfinished -= records
                self._capacity.notify_all()

    async def commit(self, folded: FoldedBatch) -> None:
        """Publishes a batch's totals, and writes the batch to Redis once Kafka has all its outputs.

        Raises FencedError, KafkaUnavailableError or RedisUnavailableError; DataLossError if Redis
        loses data faster than it can be rebuilt.
        """
        await self._outputs.acknowledged(folded.pending_acks)
        for span in folded.spans:
            span.mark("Kafka has the alerts")
        changes = folded.changes.encoded()
        await self._outputs.publish_totals(changes)
        failpoint("after_publish")

        async def write() -> None:
            await self._store.commit(changes)
            failpoint("after_commit")
            elections = {change.election for change in changes}
            await self._store.advance(folded.advances, elections, folded.trees)
            failpoint("after_watermark")

        await self._positions.write(write, folded.advances)
        for span in folded.spans:
            span.end()
        self.broken += folded.outcomes["broken"]
        for outcome, number in folded.outcomes.items():
            AGGREGATOR_DECLARATIONS.labels(outcome).inc(number)
        for alert in folded.changes.alerts():
            AGGREGATOR_ALERTS.labels(alert.kind, alert.action).inc()
        AGGREGATOR_BATCH_SIZE.observe(sum(folded.outcomes.values()))
        AGGREGATOR_BATCH_SECONDS.observe(self._clock() - folded.began_s)
