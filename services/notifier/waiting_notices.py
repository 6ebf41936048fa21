"""The notices that one delivery queue has not finished with, and which of them may be sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

import structlog
from aiokafka import TopicPartition

from schemas.hold import AlertsHeldBack, AlertsReleased
from services.notifier.holding.holds import Holds
from services.notifier.notice import CONTROL_KINDS, Notice
from services.notifier.pending_notice import PendingNotice
from services.notifier.polls_close import WITHDRAWN_UNTOLD
from services.platform.metrics import NOTIFIER_HELD_BACK, NOTIFIER_RELEASED

HELD_BACK_MAX = 1_000
"""Alerts that the desk holds back in one queue; a night of 143 councils raises some 300. Beyond
that the oldest is sent although it is not due."""

_WITHDRAWN_HELD_BACK = "withdrawn while the desk held it back, so it was told to nobody"
"""Why an alert that was held back is not sent at all, as the ledger records it."""

_EXPIRED = "the time that it is about has passed, so it was told to nobody"
"""Why a reminder that waited for too long is not sent, as the ledger records it."""

log = structlog.get_logger(__name__)


class Held(NamedTuple):
    """A notice that may not be sent yet.

    `until` is when it may be by itself, and `behind` the earlier notice for which it waits, None if
    for none. `rule` is why the desk holds back one of the two; None if the polls have not closed.
    """

    pending: PendingNotice
    until: datetime
    rule: AlertsHeldBack | None
    behind: PendingNotice | None


class WaitingNotices:
    """Notices in their order. A notice of a council waits behind an earlier one that is held.

    That is so of those about control, which are in one order, and of each other kind by itself: a
    recount is told at once, although a call of its council is held. What withdraws a notice that
    is held waits for it, and nothing else does: what was told is withdrawn at once.
    """

    def __init__(self, holds: Holds) -> None:
        self._holds = holds
        self._waiting: deque[PendingNotice] = deque()
        self._counted = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, pending: PendingNotice) -> None:
        """Adds a notice behind all others."""
        self._waiting.append(pending)

    def remove(self, pending: PendingNotice) -> None:
        """Removes a notice with which the queue has finished; ignored if it is not there."""
        if pending in self._waiting:
            self._waiting.remove(pending)

    def forget(self, partitions: Collection[TopicPartition]) -> None:
        """Removes the notices of these partitions."""
        self._waiting = deque(each for each in self._waiting if each.partition not in partitions)
        self._count(0)

    def ready(self, now: datetime) -> list[PendingNotice]:
        """Returns those that may be sent now, in their order, without those that are dropped.

        If the desk holds back more than HELD_BACK_MAX, the oldest of them may be sent.
        """
        if self._is_free(now):
            self._count(0)
            for each in self._waiting:
                each.ready_at = each.ready_at or now
            return list(self._waiting)
        held = {id(each.pending) for each in self._held_within_bounds(now)}
        for each in self._waiting:
            each.ready_at = None if id(each) in held else each.ready_at or now
        return [
            each
            for each in self._waiting
            if id(each) not in held and self._holds.dropped(each.notice) is None
        ]

    def held(self, now: datetime) -> list[Held]:
        """Returns those that may not be sent yet, in their order."""
        return list(self._held(now))

    def dropped(self) -> list[tuple[PendingNotice, AlertsReleased]]:
        """Returns those that the desk has dropped, each with its ruling."""
        if self._holds.say_nothing:
            return []
        rulings = ((each, self._holds.dropped(each.notice)) for each in self._waiting)
        return [(each, ruling) for each, ruling in rulings if ruling is not None]

    def next_due(self, now: datetime) -> datetime | None:
        """Returns when the next of those that are held may be sent; None if none is held."""
        return min((each.until for each in self.held(now) if each.until > now), default=None)

    def why_untold(self, pending: PendingNotice, now: datetime) -> str:
        """Returns why a notice is not sent: its time has passed, or it was held and withdrawn.

        Blank if it is to be sent.
        """
        if pending.notice.expires is not None and pending.notice.expires <= now:
            return _EXPIRED
        waited_for_polls = pending.since > pending.published_at
        was_held = waited_for_polls or self._holds.concern(pending.notice)
        if pending.attempts or not was_held:
            return ""
        if all(each.notice.retracts != pending.notice.id for each in self._waiting):
            return ""
        return WITHDRAWN_UNTOLD if waited_for_polls else _WITHDRAWN_HELD_BACK

    def _is_free(self, now: datetime) -> bool:
        """Returns whether the desk has said nothing of any notice, and the polls have closed."""
        if any(each.since > now for each in self._waiting):
            return False
        if self._holds.say_nothing:
            return True
        return not any(self._holds.concern(each.notice) for each in self._waiting)

    def _held_within_bounds(self, now: datetime) -> list[Held]:
        """Returns those that may not be sent yet; the oldest beyond HELD_BACK_MAX may be."""
        while True:
            held = self.held(now)
            by_desk = [each.pending for each in held if each.rule is not None]
            if len(by_desk) <= HELD_BACK_MAX:
                self._count(len(by_desk))
                return held
            for pending in by_desk[: len(by_desk) - HELD_BACK_MAX]:
                log.error(
                    "sent although the desk holds it back, as %d others wait",
                    HELD_BACK_MAX,
                    alert=pending.notice.id,
                )
                pending.is_displaced = True
                NOTIFIER_RELEASED.labels("displaced").inc()

    def _count(self, held_back: int) -> None:
        NOTIFIER_HELD_BACK.inc(held_back - self._counted)
        self._counted = held_back

    def _held(self, now: datetime) -> Iterator[Held]:
        held: dict[str, Held] = {}
        first: dict[tuple[str, str], Held] = {}
        for each in self._waiting:
            notice = each.notice
            if each.attempts or self._holds.dropped(notice) is not None:
                continue
            wait = None if each.is_displaced else self._holds.wait(notice, each.published_at)
            rule = wait.rule if wait is not None and wait.until > max(now, each.since) else None
            until = max(each.since, wait.until) if wait is not None else each.since
            behind = held.get(notice.retracts) if notice.retracts else first.get(_order(notice))
            if behind is not None:
                found = Held(each, until, rule or behind.rule, behind.pending)
            elif until > now and not notice.retracts:
                found = Held(each, until, rule, None)
            else:
                continue
            held[notice.id] = found
            first.setdefault(_order(notice), found)
            yield found


def _order(notice: Notice) -> tuple[str, str]:
    """Returns what has to be told in one order: control, or one other kind of the same."""
    return notice.about, "control" if notice.kind in CONTROL_KINDS else notice.kind
