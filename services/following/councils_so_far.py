"""Councils as they stand at some place of the log, however long it is. Does no I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from election.council import Council
from services.following.decode import Record, Rejection, decode
from services.following.step import Step, counted, rejected


class CouncilsSoFar:
    """Counts records, which have to come in order within each partition, and keeps no history.

    `broken` has the partition and the offset of those that the aggregator has on record as
    broken: they are not counted. With `councils_max`, the council that was changed least recently
    is left out once there are more, and from then on nothing is said of it.
    """

    def __init__(
        self,
        partitions: int,
        broken: Collection[tuple[int, int]] = (),
        *,
        councils_max: int | None = None,
    ) -> None:
        self.partitions = partitions
        self._broken = set(broken)
        self._councils_max = councils_max
        self._councils: dict[str, Council] = {}
        self._left_out: set[str] = set()
        self._read_to: dict[int, int] = {}

    @property
    def councils(self) -> Mapping[str, Council]:
        """Every council that is kept, by id; the one changed last comes last."""
        return MappingProxyType(self._councils)

    @property
    def read_to(self) -> Mapping[int, int]:
        """The offset after the last record that was read, by partition."""
        return MappingProxyType(self._read_to)

    def is_left_out(self, council: str) -> bool:
        """Returns whether a council is not kept because others were changed more recently."""
        return council in self._left_out

    def set_aside(self, places: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
        """Leaves out the records at these places if they come yet; returns those that are new."""
        new = {*places} - self._broken
        self._broken |= new
        return new

    def add(self, record: Record) -> Step:
        """Counts a record and returns what it led to. Raises MemoryError."""
        self.pass_over(record)
        event = decode(record, self.partitions)
        if isinstance(event, Rejection):
            return rejected(record, event)
        name = event.council
        if name in self._left_out:
            return Step(record, event, None, None, None, None)
        step = counted(record, event, self._councils.get(name), self._broken)
        if step.after is not None and step.after is not step.before:
            self._councils.pop(name, None)
            self._councils[name] = step.after
            self._leave_out()
        return step

    def pass_over(self, record: Record) -> None:
        """Notes that a record was read, without counting it."""
        self._read_to[record.partition] = record.offset + 1

    def _leave_out(self) -> None:
        if self._councils_max is not None and len(self._councils) > self._councils_max:
            oldest = next(iter(self._councils))
            del self._councils[oldest]
            self._left_out.add(oldest)
