"""A recount: every council counted again from the log by the rules, without Redis."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from election.council import Council
from election.fold import Effects, apply
from schemas.alert import Alert
from schemas.events import Event
from schemas.reject import Reason, broken_detail, fault_of
from services.audit.decode import Record, Rejection, decode


class Counted(NamedTuple):
    """A recounted council. `offset` is that of the last record that changed it."""

    council: Council | None = None
    partition: int = 0
    offset: int = -1
    alerts: tuple[Alert, ...] = ()


NOTHING = Counted()
"""A council that no record has named yet."""


@dataclass(frozen=True, slots=True)
class Step:
    """One record and what it led to: the effects of its event, or why it is rejected.

    `before` is its council as it was before the record.
    """

    record: Record
    event: Event | None
    before: Counted
    effects: Effects | None
    rejection: Rejection | None

    @property
    def changed(self) -> bool:
        """Whether the record changed its council."""
        return self.effects is not None and self.effects.changed


ON_RECORD = "set aside because livecount failed; see `livecount rejects list`"
"""Why what is on record as broken is not counted."""


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
            return self._reject(record, None, NOTHING, decoded)
        return self.add_event(record, decoded)

    def add_event(self, record: Record, event: Event) -> Step:
        """Counts a record whose event is decoded already, and returns what it led to."""
        self.records += 1
        before = self.councils.get(event.council, NOTHING)
        if (record.partition, record.offset) in self._broken:
            return self._reject(record, event, before, Rejection("broken", ON_RECORD))
        council, effects = apply(event, before.council)
        rejection = effects.rejection
        if rejection is not None and not effects.changed:
            return self._reject(record, event, before, Rejection(*rejection))
        if effects.failure is not None:
            detail = broken_detail(fault_of("fold", effects.failure))
            return self._reject(record, event, before, Rejection("broken", detail))
        if council is not before.council:
            self.councils[event.council] = Counted(
                council, record.partition, record.offset, before.alerts + effects.alerts
            )
        if rejection is not None:
            self.rejects[record.partition, record.offset] = rejection[0]
        return Step(record, event, before, effects, None)

    def _reject(
        self, record: Record, event: Event | None, before: Counted, rejection: Rejection
    ) -> Step:
        self.rejects[record.partition, record.offset] = rejection.reason
        return Step(record, event, before, None, rejection)
