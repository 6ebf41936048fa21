"""The count as the log alone makes it: every council from nothing, by the pure rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from election.council import Council
from election.fold import Effects, apply
from schemas.alert import Alert
from schemas.events import Event
from schemas.reject import Reason
from services.audit.decode import Fault, Record, read


class Counted(NamedTuple):
    """A council as the log makes it. `offset` is the last record that changed it."""

    council: Council | None = None
    partition: int = 0
    offset: int = -1
    alerts: tuple[Alert, ...] = ()


NOTHING = Counted()


@dataclass(frozen=True, slots=True)
class Step:
    """One record and what came of it: an event that happened, or why it was set aside.

    `before` is its council as it was; `NOTHING` where no record had named it.
    """

    record: Record
    event: Event | None
    before: Counted
    happened: Effects | None
    fault: Fault | None

    @property
    def changed(self) -> bool:
        """Whether the record changed its council."""
        return self.happened is not None and self.happened.changed


class Count:
    """Folds records, which come in order within each partition. Pure; keeps no record."""

    def __init__(self, partitions: int) -> None:
        self.partitions = partitions
        self.councils: dict[str, Counted] = {}
        self.rejects: dict[tuple[int, int], Reason] = {}
        self.records = 0

    def add(self, record: Record) -> Step:
        """Counts a record and returns what came of it."""
        found = read(record, self.partitions)
        if isinstance(found, Fault):
            self.records += 1
            return self._set_aside(record, None, NOTHING, found)
        return self.add_event(record, found)

    def add_event(self, record: Record, event: Event) -> Step:
        """Counts a record whose event was read before, and returns what came of it."""
        self.records += 1
        before = self.councils.get(event.council, NOTHING)
        council, happened = apply(event, before.council)
        if happened.conflict is not None:
            return self._set_aside(record, event, before, Fault("conflict", happened.conflict))
        if council is not before.council:
            self.councils[event.council] = Counted(
                council, record.partition, record.offset, before.alerts + happened.alerts
            )
        return Step(record, event, before, happened, None)

    def _set_aside(
        self, record: Record, event: Event | None, before: Counted, fault: Fault
    ) -> Step:
        self.rejects[record.partition, record.offset] = fault.reason
        return Step(record, event, before, None, fault)
