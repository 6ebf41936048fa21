"""The dispatcher: hands each notice to the queues of all channels that it may concern."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from random import Random

from aiokafka import TopicPartition

from schemas.totals import CouncilTotals
from services.notifier.channels import Channel
from services.notifier.delivery_queue import DeliveryQueue
from services.notifier.holding.holds import Holds
from services.notifier.ledger import Ledger
from services.notifier.notice import Notice
from services.notifier.offsets import OffsetTracker
from services.notifier.pending_notice import PendingNotice
from services.notifier.routing import may_concern
from services.notifier.senders.open import open_senders


class Dispatcher:
    """All channels of one notifier, each with as many queues as its sender takes messages at once.

    Each receiver of a channel has a sender and queues of its own, and a name of its own in the
    ledger (`open_senders`), so that none waits for another or is sent what another lacks.

    Notices of one council, or of one night, always go into the same queue of a channel, so that
    they stay in order.
    """

    def __init__(  # noqa: PLR0913 -- all that it works with, named by the caller
        self,
        channels: Sequence[Channel],
        *,
        ledger: Ledger,
        holds: Holds,
        stopping: asyncio.Event,
        now: Callable[[], datetime],
        random: Random,
    ) -> None:
        self.offsets = OffsetTracker()
        self._now = now
        receivers = [
            (channel.model_copy(update={"name": name}), sender)
            for channel in channels
            for name, sender in open_senders(channel).items()
        ]
        self._senders = [sender for _, sender in receivers]
        self._queues = [
            [
                DeliveryQueue(
                    channel,
                    sender,
                    ledger=ledger,
                    holds=holds,
                    offsets=self.offsets,
                    stopping=stopping,
                    now=now,
                    random=random,
                )
                for _ in range(1 if channel.per_minute else sender.concurrency)
            ]
            for channel, sender in receivers
        ]

    def run(self, tasks: asyncio.TaskGroup) -> None:
        """Starts every queue in a task group, which ends if any of them fails."""
        for queues in self._queues:
            for queue in queues:
                tasks.create_task(queue.run())

    async def dispatch(
        self,
        notice: Notice,
        partition: TopicPartition,
        offset: int,
        published_at: datetime,
        totals: CouncilTotals | None,
    ) -> None:
        """Puts a notice into its queues; waits while one of them is full (`DeliveryQueue.put`).

        `totals` are the latest of the notice's council, or None if they are unknown or no channel
        needs them.
        """
        chosen = [
            queues[zlib.crc32(notice.about.encode()) % len(queues)]
            for queues in self._queues
            if may_concern(notice, queues[0].channel, totals)
        ]
        self.offsets.begin(partition, offset, len(chosen))
        for queue in chosen:
            await queue.put(PendingNotice(notice, partition, offset, published_at, self._now()))

    def wake(self) -> None:
        """Has every queue look again at what waits, as after the desk has said something."""
        for queues in self._queues:
            for queue in queues:
                queue.wake()

    async def drop(self, partitions: Collection[TopicPartition]) -> None:
        """Finishes the messages under way, and drops the waiting notices of revoked partitions."""
        await asyncio.gather(
            *[queue.drop(partitions) for queues in self._queues for queue in queues]
        )

    async def close(self) -> None:
        """Closes every sender."""
        await asyncio.gather(*[sender.close() for sender in self._senders])
