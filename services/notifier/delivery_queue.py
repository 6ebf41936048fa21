"""A delivery queue: the notices of some councils that wait for one channel, sent in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import assert_never

import structlog
from aiokafka import TopicPartition

from services.notifier.attempt import attempt, measure
from services.notifier.channels import Channel
from services.notifier.holding.holds import Holds
from services.notifier.ledger import Ledger, Status
from services.notifier.offsets import OffsetTracker
from services.notifier.pending_notice import PendingNotice
from services.notifier.routing import decide, why_withheld
from services.notifier.schedule import due_at
from services.notifier.senders.backoff import pause_s
from services.notifier.senders.sender import Sender, SendError
from services.notifier.waiting_notices import WaitingNotices
from services.platform.failpoints import failpoint
from services.platform.metrics import NOTIFIER_DELIVERIES, NOTIFIER_RELEASED

WAITING_MAX = 1_000
"""Notices waiting in one queue; a night of 143 councils raises some 300 alerts. While the queue
is full, reading from Kafka waits."""

REFUSALS_MAX = 3
"""Attempts at a message that the receiver refuses, in case the refusal was a passing fault."""

HOLD_MAX_S = 60.0
"""The longest sleep before the schedule is asked again. It also bounds how long a full queue can
keep the reader waiting (`STALL_TIMEOUT_S` of the service)."""

LATE_AFTER = timedelta(minutes=1)
"""Notices published longer ago than this, as after an outage, are sent as one digest if the
sender can."""

log = structlog.get_logger(__name__)


class DeliveryQueue:
    """Sends notices in order, retries, and records each outcome before the next message."""

    def __init__(  # noqa: PLR0913 -- all that it works with, named by the caller
        self,
        channel: Channel,
        sender: Sender,
        *,
        ledger: Ledger,
        holds: Holds,
        offsets: OffsetTracker,
        stopping: asyncio.Event,
        now: Callable[[], datetime],
        random: Random,
    ) -> None:
        self.channel = channel
        self._sender = sender
        self._ledger = ledger
        self._offsets = offsets
        self._stopping = stopping
        self._now = now
        self._random = random
        self._holds = holds
        self._waiting = WaitingNotices(holds)
        self._changed = asyncio.Event()
        self._sending = asyncio.Lock()
        self._sent: deque[datetime] = deque(maxlen=channel.per_minute or 1)
        self._failures = 0
        self._unavailable_since: datetime | None = None
        self._held = False

    async def put(self, pending: PendingNotice) -> None:
        """Adds a notice; waits while WAITING_MAX others are waiting.

        If the queue is full because the receiver is unavailable or has quiet hours, it does not
        wait, so that other channels are not held up: the notice is recorded as failed.
        """
        if self._ledger.is_done(self.channel.name, pending.notice.id):
            # Nothing that comes after it may wait for it.
            self._finish([pending])
            return
        while self._is_full() and not self._stopping.is_set():
            if self._failures or self._held:
                await self._record([pending], "failed", f"{WAITING_MAX} alerts are waiting already")
                return
            self._changed.clear()
            await self._wait_for(self._changed)
        # Its partition may have been revoked meanwhile; the new owner reads the notice again.
        if self._offsets.is_pending(pending.partition, pending.offset):
            self._waiting.add(pending)
            self.wake()

    def wake(self) -> None:
        """Has the queue look again at what waits, as after the desk has said something."""
        self._changed.set()

    async def run(self) -> None:
        """Sends until the notifier stops; a message under way is finished and recorded.

        Raises KafkaUnavailableError if an outcome cannot be recorded. Nothing more may be sent
        then, as it could not be recorded either.
        """
        while not self._stopping.is_set():
            self._changed.clear()
            await self._finish_dropped()
            ready = self._ready()
            if not ready:
                await self._wait_for(self._changed, self._until_due_s())
                continue
            if (hold_s := self._hold_s(ready)) > 0:
                self._held = True
                await self._wait_for(self._changed, min(hold_s, HOLD_MAX_S))
                continue
            async with self._sending:
                pause = await self._send_next(self._ready())
            self._changed.set()
            if pause:
                await self._wait_for(self._stopping, pause)

    async def drop(self, partitions: Collection[TopicPartition]) -> None:
        """Drops the notices of revoked partitions, once a message under way is recorded."""
        async with self._sending:
            self._waiting.forget(partitions)
        self.wake()

    def _is_full(self) -> bool:
        return len(self._waiting) >= WAITING_MAX <= len(self._ready())

    def _ready(self) -> list[PendingNotice]:
        return self._waiting.ready(self._now())

    async def _finish_dropped(self) -> None:
        """Records what the desk has dropped. An attempt at it that failed may have arrived."""
        async with self._sending:
            for pending, ruling in self._waiting.dropped():
                why = f"dropped by {ruling.by}: {ruling.reason}"
                await self._record([pending], "failed" if pending.attempts else "dropped", why)
                NOTIFIER_RELEASED.labels("dropped").inc()

    async def _send_next(self, ready: Sequence[PendingNotice]) -> float:
        """Sends the next message; returns the seconds to pause after it, 0 unless it failed."""
        batch = await self._to_send(self._next_batch(ready))
        if not batch:
            return 0.0
        for pending in batch:
            pending.attempts += 1
        try:
            await attempt(self._sender, self.channel, batch, self._now())
        except SendError as error:
            log.warning("channel %s: %s", self.channel.name, error.detail)
            return await self._after_failure(batch, error)
        self._failures = 0
        self._unavailable_since = None
        self._held = False
        self._sent.append(self._now())
        failpoint("notifier.sent")
        await self._record(batch, "sent")
        return 0.0

    async def _after_failure(self, batch: Sequence[PendingNotice], error: SendError) -> float:
        """Gives up what is not tried again; returns the seconds to pause before what is."""
        self._failures += 1
        if error.failure == "unavailable":
            self._unavailable_since = self._unavailable_since or self._now()
        else:
            self._unavailable_since = None
        for pending in batch if error.failure == "refused" else ():
            pending.refusals += 1
        given_up = await self._give_up(batch, error)
        if error.failure == "refused" and given_up:
            # The receiver answers; only this message was at fault, and no other waits for it.
            self._failures = 0
            return 0.0
        return pause_s(self._failures, self._random, error.retry_after_s)

    def _until_due_s(self) -> float | None:
        """Returns in how many seconds a notice that is held may be sent; None if none is."""
        now = self._now()
        due = self._waiting.next_due(now)
        return None if due is None else min((due - now).total_seconds(), HOLD_MAX_S)

    def _hold_s(self, ready: Sequence[PendingNotice]) -> float:
        """Returns for how many seconds the channel's schedule holds the queue; 0 or less: none."""
        now = self._now()
        due = due_at(
            self.channel,
            now,
            oldest=ready[0].received_at,
            waiting=len(ready),
            sent=self._sent,
        )
        return (due - now).total_seconds()

    def _next_batch(self, ready: Sequence[PendingNotice]) -> Sequence[PendingNotice]:
        """Returns the first notice, or all of them: for a digest, or after an outage or hold.

        What the receiver has refused goes alone, so that nothing else is refused with it.
        """
        if not ready:
            return []
        first = ready[0]
        if first.refusals:
            return [first]
        is_late = self._now() - first.published_at > LATE_AFTER or first.since > first.published_at
        as_digest = self.channel.digest_minutes or self._failures or self._held or is_late
        return ready if self._sender.digests and as_digest else [first]

    async def _to_send(self, batch: Sequence[PendingNotice]) -> list[PendingNotice]:
        """Returns the notices of a batch that have to be sent, and finishes with the others."""
        to_send: list[PendingNotice] = []
        for pending in batch:
            notice = pending.notice
            known = self._ledger.status(self.channel.name, notice.id)
            if self._ledger.is_done(self.channel.name, notice.id):
                self._finish([pending])
                continue
            if why := self._waiting.why_untold(pending, self._now()):
                await self._record([pending], "withheld", why)
                continue
            retracted = self._ledger.status(self.channel.name, notice.retracts)
            # The alert and its retraction go out in the same digest.
            if any(notice.retracts == other.notice.id for other in to_send):
                retracted = "sent"
            decision = decide(notice, self.channel, retracted)
            match decision:
                case "send":
                    to_send.append(pending)
                case "withhold" if known == "withheld":
                    self._finish([pending])
                case "withhold":
                    await self._record([pending], "withheld", why_withheld(notice, self.channel))
                case "skip":
                    self._finish([pending])
                case unknown:
                    assert_never(unknown)
        return to_send

    async def _give_up(
        self, batch: Sequence[PendingNotice], error: SendError
    ) -> list[PendingNotice]:
        """Records as failed the notices that are not tried again, and returns them."""
        match error.failure:
            case "gone":
                given_up = list(batch)
            case "refused":
                given_up = [pending for pending in batch if pending.refusals >= REFUSALS_MAX]
            case "unavailable":
                # Also notices that have waited as long behind those that were tried.
                since = self._unavailable_since or self._now()
                limit = self._now() - timedelta(minutes=self.channel.give_up_after_minutes)
                given_up = [
                    each
                    for each in self._ready()
                    if max(each.ready_at or each.received_at, since) < limit
                ]
            case unknown:
                assert_never(unknown)
        if given_up:
            await self._record(given_up, "failed", error.detail)
        return given_up

    async def _record(
        self, batch: Sequence[PendingNotice], status: Status, detail: str = ""
    ) -> None:
        """Writes an outcome to the ledger, waits until Kafka has it, and finishes with the batch.

        Raises KafkaUnavailableError.
        """
        name, now = self.channel.name, self._now()
        await self._ledger.record(
            [pending.delivery(name, status, detail, now) for pending in batch]
        )
        NOTIFIER_DELIVERIES.labels(status).inc(len(batch))
        for pending in batch if status == "sent" else ():
            if self._holds.released(pending.notice):
                NOTIFIER_RELEASED.labels("sent").inc()
            elif not self._holds.concern(pending.notice):
                measure(pending, self.channel, self._now())
        failpoint("notifier.recorded")
        self._finish(batch)

    def _finish(self, batch: Sequence[PendingNotice]) -> None:
        for pending in batch:
            self._waiting.remove(pending)
            self._offsets.done(pending.partition, pending.offset)

    async def _wait_for(self, event: asyncio.Event, timeout_s: float | None = None) -> None:
        """Waits for an event, the end of the notifier or a timeout, whichever comes first."""
        waits = {asyncio.ensure_future(each.wait()) for each in {event, self._stopping}}
        try:
            await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
