"""The committer: steps 4 to 6 of a batch, one batch after the other, while others are folded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from services.aggregator.folded_batch import FoldedBatch, merged
from services.aggregator.outputs import Outputs
from services.aggregator.positions import Positions
from services.aggregator.store import Store
from services.platform.failpoints import failpoint
from services.platform.metrics import (
    AGGREGATOR_ALERTS,
    AGGREGATOR_BATCH_SECONDS,
    AGGREGATOR_BATCH_SIZE,
    AGGREGATOR_DECLARATIONS,
)

DECLARATIONS_UNFINISHED_MAX = 8_000
"""Declarations folded and not yet in Redis after which no further batch is begun. It bounds what
a crash repeats; more would not be faster, as there is but one processor to fold with."""

DECLARATIONS_A_COMMIT_MAX = 2_000
"""Declarations after which a commit takes no further batch along. It bounds the time of one Redis
script, as BATCH_DECLARATIONS_MAX does."""

Acknowledge = Callable[[], Awaitable[None]]


class Committer:
    """Publishes, stores and acknowledges folded batches in the order they are put."""

    def __init__(
        self, outputs: Outputs, store: Store, positions: Positions, clock: Callable[[], float]
    ) -> None:
        self._outputs = outputs
        self._store = store
        self._positions = positions
        self._clock = clock
        self._folded: asyncio.Queue[tuple[FoldedBatch, Acknowledge]] = asyncio.Queue()
        self._room = asyncio.Condition()
        self._unfinished = 0

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

        async def write() -> None:
            await self._store.commit(entries)
            failpoint("after_commit")
            await self._store.advance(folded.advances, {entry.election for entry in entries})
            failpoint("after_watermark")

        await self._positions.write(write, folded.advances)
        for outcome, number in folded.outcomes.items():
            AGGREGATOR_DECLARATIONS.labels(outcome).inc(number)
        for alert in folded.changes.alerts():
            AGGREGATOR_ALERTS.labels(alert.kind, alert.action).inc()
        AGGREGATOR_BATCH_SIZE.observe(sum(folded.outcomes.values()))
        AGGREGATOR_BATCH_SECONDS.observe(self._clock() - folded.began_s)
