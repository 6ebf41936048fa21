"""Reminders: which notifier reminds people of a council, and of what it has by now."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from aiokafka import TopicPartition

from schemas.totals import CouncilTotals
from services.notifier.doubt import doubt_of_reminder
from services.notifier.notice import Notice
from services.notifier.reminder_notice import reminder_of

LOOK_EVERY = timedelta(seconds=1)
"""How often the councils are gone through; a reminder is late by no more than that."""


class Due(NamedTuple):
    """A reminder to be sent, and the place under which the queues know it."""

    notice: Notice
    partition: TopicPartition
    offset: int
    at: datetime
    totals: CouncilTotals


class Reminders:
    """The reminders of the councils whose partition of the alerts this notifier has.

    So each council has one notifier that reminds of it. Whoever gets the partition next reads the
    ledger first, which has what was sent; until the time itself it reminds of the rest.
    """

    def __init__(
        self,
        councils: Callable[[], Iterable[CouncilTotals]],
        *,
        namespace: str,
        topic: str,
        now: Callable[[], datetime],
    ) -> None:
        self._councils = councils
        self._namespace = namespace
        self._topic = topic
        self._now = now
        self._told: dict[str, TopicPartition] = {}
        self._offset = 0
        self._looked_at: datetime | None = None

    def due(self, assigned: Collection[TopicPartition], partitions: int) -> list[Due]:
        """Returns the reminders that are due and were not returned before, at most once a second.

        `assigned` are this notifier's partitions, of as many as the topic has.
        """
        now = self._now()
        if not partitions or (self._looked_at is not None and now < self._looked_at + LOOK_EVERY):
            return []
        self._looked_at = now
        found = []
        for totals in self._councils():
            owner = TopicPartition(self._topic, zlib.crc32(totals.council.encode()) % partitions)
            notice = reminder_of(totals, now) if owner in assigned else None
            if notice is None or notice.id in self._told:
                continue
            self._told[notice.id] = owner
            self._offset += 1
            notice = replace(notice, doubt=doubt_of_reminder(totals, self._namespace))
            found.append(Due(notice, self._place(owner), self._offset, now, totals))
        return found

    def forget(self, revoked: Collection[TopicPartition]) -> list[TopicPartition]:
        """Leaves the councils of revoked partitions to another notifier.

        Returns the places of their reminders, for the queues to forget as well.
        """
        gone = set(revoked)
        self._told = {each: owner for each, owner in self._told.items() if owner not in gone}
        return [self._place(each) for each in gone if each.topic == self._topic]

    def _place(self, owner: TopicPartition) -> TopicPartition:
        """Returns where a council's reminders are, in the terms of messages: on no real topic."""
        return TopicPartition(f"{self._topic}/reminders", owner.partition)
