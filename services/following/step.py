"""A step: one record of the log, and what it leads to by the rules. Does no I/O."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from election.council import Council
from election.fold import Effects, apply
from schemas.events import Event
from services.following.decode import Record, Rejection

ON_RECORD = "set aside because livecount failed; see `livecount rejects list`"
"""Why what is on record as broken is not counted."""


@dataclass(frozen=True, slots=True)
class Step:
    """One record and what it led to: the effects of its event, or why it is rejected.

    `before` and `after` are its council as it was and as it is; None while nothing is known of it.
    """

    record: Record
    event: Event | None
    before: Council | None
    after: Council | None
    effects: Effects | None
    rejection: Rejection | None

    @property
    def changed(self) -> bool:
        """Whether the record changed its council."""
        return self.effects is not None and self.effects.changed

    @property
    def why_aside(self) -> str:
        """The reason and the detail for which the record is a reject; blank if it is none."""
        return ": ".join(self.aside or ())

    @property
    def aside(self) -> Rejection | None:
        """Why the record is a reject, though its council may have changed; None if it is none."""
        if self.rejection is not None:
            return self.rejection
        found = self.effects.aside if self.effects is not None else None
        return Rejection(*found) if found is not None else None


def rejected(
    record: Record, rejection: Rejection, event: Event | None = None, council: Council | None = None
) -> Step:
    """Returns the step of a record that is not counted."""
    return Step(record, event, council, council, None, rejection)


def counted(
    record: Record, event: Event, council: Council | None, broken: Collection[tuple[int, int]]
) -> Step:
    """Returns what a record with this event leads to, in its council as it was before.

    `broken` has the partition and the offset of those that the aggregator has on record as
    broken: nothing of them is counted, whether or not this version could. Raises ValueError if
    the event belongs to another council, and MemoryError.
    """
    if (record.partition, record.offset) in broken:
        return rejected(record, Rejection("broken", ON_RECORD), event, council)
    after, effects = apply(event, council)
    if effects.aside is not None and not effects.changed:
        return rejected(record, Rejection(*effects.aside), event, council)
    return Step(record, event, council, after, effects, None)
