"""A lane: notices of some councils on their way to one channel, one after the other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from aiokafka import TopicPartition

from schemas.delivery import Delivery
from services.notifier.channels import Channel
from services.notifier.ledger import Ledger, Status
from services.notifier.notice import Notice
from services.notifier.offsets import Progress
from services.notifier.routing import decide
from services.notifier.schedule import due_at
from services.notifier.senders.backoff import pause_s
from services.notifier.senders.message_text import line
from services.notifier.senders.sender import Sender, SendError
from services.platform.failpoints import failpoint
from services.platform.metrics import NOTIFIER_ALERT_SECONDS, NOTIFIER_DELIVERIES

WAITING_MAX = 1_000
"""Alerts waiting in one lane; a night of 143 councils has some 300. Beyond, reading waits."""

REFUSALS_MAX = 3
"""Attempts at a message that the receiver refuses; it will hardly think better of it."""

HOLD_MAX_S = 60.0
"""How long a lane sleeps at most before it looks at the clock again, as clocks can be set."""

LATE_AFTER = timedelta(minutes=1)
"""Alerts that waited longer, after an outage, go out together where the channel digests."""

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Due:
    """A notice owed to a channel: where it was read, and since when it waits."""

    notice: Notice
    partition: TopicPartition
    offset: int
    published_at: datetime
    received_at: datetime
    attempts: int = 0


class Lane:
    """Sends what it is given in order, retries, and records every outcome before the next one."""

    def __init__(  # noqa: PLR0913 -- all that it works with, named by the caller
        self,
        channel: Channel,
        sender: Sender,
        *,
        ledger: Ledger,
        progress: Progress,
        stopping: asyncio.Event,
        now: Callable[[], datetime],
        random: Random,
    ) -> None:
        self.channel = channel
        self._sender = sender
        self._ledger = ledger
        self._progress = progress
        self._stopping = stopping
        self._now = now
        self._random = random
        self._waiting: deque[Due] = deque()
        self._changed = asyncio.Event()
        self._sending = asyncio.Lock()
        self._sent: deque[datetime] = deque(maxlen=channel.per_minute or 1)
        self._failures = 0
        self._away_since: datetime | None = None
        self._held = False

    async def put(self, due: Due) -> None:
        """Takes a notice. Waits while WAITING_MAX others do, but not for a receiver that is away.

        One that is away or has quiet hours must not hold up other channels, so the notice is
        recorded as failed.
        """
        while len(self._waiting) >= WAITING_MAX and not self._stopping.is_set():
            if self._failures or self._held:
                await self._settle([due], "failed", f"{WAITING_MAX} alerts are waiting already")
                return
            self._changed.clear()
            await self._either(self._changed)
        # Given back while this one waited: its new owner reads it again.
        if self._progress.owes(due.partition, due.offset):
            self._waiting.append(due)
            self._changed.set()

    async def run(self) -> None:
        """Sends until the notifier stops; a message under way is finished and recorded.

        Raises KafkaUnavailableError when an outcome cannot be recorded: then nothing more may be
        sent.
        """
        while not self._stopping.is_set():
            if not self._waiting:
                self._changed.clear()
                await self._either(self._changed)
                continue
            if (hold_s := self._hold_s()) > 0:
                self._held = True
                await self._either(self._stopping, min(hold_s, HOLD_MAX_S))
                continue
            async with self._sending:
                pause = await self._next()
            self._changed.set()
            if pause:
                await self._either(self._stopping, pause)

    async def drop(self, partitions: Collection[TopicPartition]) -> None:
        """Forgets what it owes for partitions that are given back, after a message under way."""
        async with self._sending:
            self._waiting = deque(due for due in self._waiting if due.partition not in partitions)
        self._changed.set()

    async def _next(self) -> float:
        """Deals with the next message; returns the seconds to pause after it, mostly none."""
        batch = await self._to_send(self._batch())
        if not batch:
            return 0.0
        for due in batch:
            due.attempts += 1
        try:
            await self._sender.send([due.notice for due in batch], self._now())
        except SendError as error:
            self._failures += 1
            self._away_since = self._away_since or self._now()
            log.warning("channel %s: %s", self.channel.name, error.detail)
            await self._give_up(batch, error)
            return pause_s(self._failures, self._random, error.retry_after_s)
        self._failures = 0
        self._away_since = None
        self._held = False
        self._sent.append(self._now())
        failpoint("notifier.sent")
        await self._settle(batch, "sent")
        return 0.0

    def _hold_s(self) -> float:
        """Returns for how long the channel's schedule still holds what waits."""
        now = self._now()
        due = due_at(
            self.channel,
            now,
            oldest=self._waiting[0].received_at,
            waiting=len(self._waiting),
            sent=self._sent,
        )
        return (due - now).total_seconds()

    def _batch(self) -> list[Due]:
        """Returns the next alert, or all that wait: for a digest, or after an outage."""
        first = self._waiting[0]
        late = self._now() - first.published_at > LATE_AFTER
        together = self.channel.digest_minutes or self._failures or self._held or late
        if self._sender.digests and together:
            return list(self._waiting)
        return [first]

    async def _to_send(self, batch: Sequence[Due]) -> list[Due]:
        """Returns what is still to be sent of a batch, and settles the rest."""
        wanted: list[Due] = []
        for due in batch:
            if self._ledger.status(self.channel.name, due.notice.id):
                self._finish([due])
                continue
            had = self._ledger.status(self.channel.name, due.notice.retracts)
            together = any(due.notice.retracts == other.notice.id for other in wanted)
            decision = "send" if together else decide(due.notice, self.channel, had)
            if decision == "send":
                wanted.append(due)
            elif decision == "withhold":
                await self._settle([due], "withheld", "rehearsal; the channel is live")
            else:
                self._finish([due])
        return wanted

    async def _give_up(self, batch: Sequence[Due], error: SendError) -> None:
        if error.trouble == "gone":
            hopeless = list(batch)
        elif error.trouble == "refused":
            hopeless = [due for due in batch if due.attempts >= REFUSALS_MAX]
        else:
            # All that waited through the outage, whether it was tried or not.
            since = self._away_since or self._now()
            limit = self._now() - timedelta(minutes=self.channel.give_up_after_minutes)
            hopeless = [due for due in self._waiting if max(due.received_at, since) < limit]
        if hopeless:
            await self._settle(hopeless, "failed", error.detail)

    async def _settle(
        self,
        batch: Sequence[Due],
        status: Status,
        detail: str = "",
    ) -> None:
        await self._ledger.record(
            [
                Delivery(
                    alert_id=due.notice.id,
                    channel=self.channel.name,
                    status=status,
                    council=due.notice.council or None,
                    text=line(due.notice),
                    attempts=due.attempts,
                    at=self._now(),
                    detail=detail,
                )
                for due in batch
            ]
        )
        NOTIFIER_DELIVERIES.labels(status).inc(len(batch))
        if status == "sent":
            for due in batch:
                waited = self._now() - due.published_at
                NOTIFIER_ALERT_SECONDS.observe(max(waited.total_seconds(), 0.0))
        failpoint("notifier.recorded")
        self._finish(batch)

    def _finish(self, batch: Sequence[Due]) -> None:
        for due in batch:
            with contextlib.suppress(ValueError):
                self._waiting.remove(due)
            self._progress.done(due.partition, due.offset)

    async def _either(self, event: asyncio.Event, seconds: float | None = None) -> None:
        """Waits for an event, the end of the notifier or some seconds, whichever is first."""
        waits = {asyncio.ensure_future(each.wait()) for each in {event, self._stopping}}
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
