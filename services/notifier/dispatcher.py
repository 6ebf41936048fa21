"""The exchange: hands each notice to the lanes of every channel it may concern."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from random import Random

from aiokafka import TopicPartition

from schemas.totals import CouncilTotals
from services.notifier.channels import Channel
from services.notifier.delivery_queue import Due, Lane
from services.notifier.ledger import Ledger
from services.notifier.notice import Notice
from services.notifier.offsets import Progress
from services.notifier.routing import may_concern
from services.notifier.senders.open import open_sender


class Exchange:
    """All channels of one notifier, with their lanes.

    A council's alerts always take the same lane of a channel, so that they stay in order.
    """

    def __init__(
        self,
        channels: Sequence[Channel],
        *,
        ledger: Ledger,
        stopping: asyncio.Event,
        now: Callable[[], datetime],
        random: Random,
    ) -> None:
        self.progress = Progress()
        self._now = now
        self._senders = [open_sender(channel) for channel in channels]
        self._lanes = [
            [
                Lane(
                    channel,
                    sender,
                    ledger=ledger,
                    progress=self.progress,
                    stopping=stopping,
                    now=now,
                    random=random,
                )
                for _ in range(1 if channel.per_minute else sender.lanes)
            ]
            for channel, sender in zip(channels, self._senders, strict=True)
        ]

    def run(self, tasks: asyncio.TaskGroup) -> None:
        """Starts every lane; a lane that fails ends the group."""
        for lanes in self._lanes:
            for lane in lanes:
                tasks.create_task(lane.run())

    async def take(
        self,
        notice: Notice,
        partition: TopicPartition,
        offset: int,
        published_at: datetime,
        totals: CouncilTotals | None,
    ) -> None:
        """Hands a notice to its lanes; waits while one of a channel that answers is full."""
        lanes = [
            lanes[zlib.crc32(notice.council.encode()) % len(lanes)]
            for lanes in self._lanes
            if may_concern(notice, lanes[0].channel, totals)
        ]
        self.progress.begin(partition, offset, len(lanes))
        for lane in lanes:
            await lane.put(Due(notice, partition, offset, published_at, self._now()))

    async def drop(self, partitions: Collection[TopicPartition]) -> None:
        """Finishes what is under way for partitions that are given back, and forgets the rest."""
        await asyncio.gather(*[lane.drop(partitions) for lanes in self._lanes for lane in lanes])

    async def close(self) -> None:
        """Closes every way out."""
        await asyncio.gather(*[sender.close() for sender in self._senders])
