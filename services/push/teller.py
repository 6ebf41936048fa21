"""The teller: decides of each alert when it is told and to whom, as the notifier does."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog
from aiokafka import TopicPartition

from schemas.alert import Alert
from services.notifier.holding.holds import Holds
from services.notifier.notice import Notice
from services.notifier.offsets import OffsetTracker
from services.notifier.pending_notice import PendingNotice
from services.notifier.waiting_notices import WaitingNotices
from services.platform import tracing
from services.platform.metrics import PUSH_ALERT_SECONDS
from services.platform.origin import arrived
from services.push.message import message_of
from services.push.outbox import Outbox
from services.push.subscriptions import Subscriptions

HOLD_MAX_S: Final = 60.0
"""The longest sleep before it is asked again what is due."""

UNTOLD_MAX: Final = 10_000
"""Alerts that were withdrawn before they could be told, which are remembered until their
withdrawal comes: it is next in their partition."""

log = structlog.get_logger(__name__)


class Teller:
    """Alerts that may be told go out at once, those that the desk or the polls hold when due.

    What is said of `offsets` is finished once no browser waits for it any more.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        outbox: Outbox,
        holds: Holds,
        now: Callable[[], datetime],
    ) -> None:
        self.offsets = OffsetTracker()
        self._subscriptions = subscriptions
        self._outbox = outbox
        self._holds = holds
        self._now = now
        self._waiting = WaitingNotices(holds)
        self._alerts: dict[str, Alert] = {}
        self._untold: OrderedDict[str, None] = OrderedDict()
        self._changed = asyncio.Event()

    def add(self, alert: Alert, pending: PendingNotice) -> None:
        """Adds an alert, with the notice of it; it is told by `run`."""
        self.offsets.begin(pending.partition, pending.offset, 1)
        self._alerts[alert.id] = alert
        self._waiting.add(pending)
        self.wake()

    def skip(self, partition: TopicPartition, offset: int) -> None:
        """Notes a message of which nobody is told."""
        self.offsets.begin(partition, offset, 0)

    def wake(self) -> None:
        """Has `run` look again at what waits, as after the desk has said something."""
        self._changed.set()

    def forget(self, partitions: Collection[TopicPartition]) -> None:
        """Drops what waits of partitions that another process has now."""
        self._waiting.forget(partitions)
        self.offsets.forget(partitions)

    async def run(self) -> None:
        """Tells until it is cancelled."""
        while True:
            self._changed.clear()
            for pending, ruling in self._waiting.dropped():
                log.info("dropped by %s: %s", ruling.by, ruling.reason, alert=pending.notice.id)
                self._finish(pending)
            for pending in self._waiting.ready(self._now()):
                await self._tell(pending)
            try:
                async with asyncio.timeout(self._until_due_s()):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _tell(self, pending: PendingNotice) -> None:
        notice = pending.notice
        if why := self._why_untold(pending):
            log.info("told to no reader: %s", why, alert=notice.id)
            self._remember_untold(notice)
            self._finish(pending)
            return
        alert = self._alerts[notice.id]
        message = message_of(alert, max(pending.published_at, pending.since))
        wanting = self._subscriptions.wanting(alert)
        origin = notice.origin
        if message.seconds_left(self._now()) <= 0:
            # As after a long outage: it is no news any more.
            wanting = []

        span = tracing.begin(
            "tell browsers",
            "client",
            [origin.traceparent] if origin is not None else [],
            {"livecount.council": notice.council, "livecount.browsers": len(wanting)},
        )

        def done() -> None:
            self.offsets.done(pending.partition, pending.offset)
            span.end()
            if wanting:
                now = self._now()
                PUSH_ALERT_SECONDS.observe(max((now - pending.published_at).total_seconds(), 0.0))
                arrived("browsers", origin, now.timestamp())

        self._remove(pending)
        await self._outbox.tell(message, wanting, done)

    def _why_untold(self, pending: PendingNotice) -> str:
        notice = pending.notice
        if notice.doubt:
            return notice.doubt
        if notice.retracts and (notice.retracts in self._untold or self._was_dropped(notice)):
            return "what it withdraws was told to nobody"
        return self._waiting.why_untold(pending, self._now())

    def _was_dropped(self, withdrawal: Notice) -> bool:
        withdrawn = replace(withdrawal, id=withdrawal.retracts, retracts="")
        return self._holds.dropped(withdrawn) is not None

    def _remember_untold(self, notice: Notice) -> None:
        self._untold[notice.id] = None
        if len(self._untold) > UNTOLD_MAX:
            self._untold.popitem(last=False)

    def _until_due_s(self) -> float:
        now = self._now()
        due = self._waiting.next_due(now)
        return HOLD_MAX_S if due is None else min((due - now).total_seconds(), HOLD_MAX_S)

    def _finish(self, pending: PendingNotice) -> None:
        self._remove(pending)
        self.offsets.done(pending.partition, pending.offset)

    def _remove(self, pending: PendingNotice) -> None:
        self._waiting.remove(pending)
        self._alerts.pop(pending.notice.id, None)
