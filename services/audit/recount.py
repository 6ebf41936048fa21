"""A recount: every council counted again from the log by the rules, without Redis."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from election.council import Council
from schemas.alert import Alert
from schemas.events import Event
from schemas.reject import Reason
from services.following.decode import Record, Rejection, decode
from services.following.step import Step, counted, rejected


class Counted(NamedTuple):
    """A recounted council. `offset` is that of the last record that changed it."""

    council: Council | None = None
    partition: int = 0
    offset: int = -1
    alerts: tuple[Alert, ...] = ()


NOTHING = Counted()
"""A council that no record has named yet."""


class Recount:
    """Counts records, which have to come in order within each partition. Does no I/O.

    `broken` has the partition and the offset of those that the aggregator has on record as
    broken: nothing of them is counted, whether or not this version could.
    """

    def __init__(self, partitions: int, broken: Collection[tuple[int, int]] = ()) -> None:
        self.partitions = partitions
        self._broken = broken
        self.councils: dict[str, Counted] = {}
        self.rejects: dict[tuple[int, int], Reason] = {}
        self.records = 0

    def add(self, record: Record) -> Step:
        """Counts a record and returns what it led to."""
        decoded = decode(record, self.partitions)
        if isinstance(decoded, Rejection):
            self.records += 1
            return self._noted(rejected(record, decoded))
        return self.add_event(record, decoded)

    def add_event(self, record: Record, event: Event) -> Step:
        """Counts a record whose event is decoded already, and returns what it led to."""
        self.records += 1
        before = self.councils.get(event.council, NOTHING)
        step = counted(record, event, before.council, self._broken)
        if step.after is not None and step.after is not before.council:
            alerts = step.effects.alerts if step.effects is not None else ()
            self.councils[event.council] = Counted(
                step.after, record.partition, record.offset, before.alerts + alerts
            )
        return self._noted(step)

    def _noted(self, step: Step) -> Step:
        if step.aside is not None:
            self.rejects[step.record.partition, step.record.offset] = step.aside.reason
        return step
