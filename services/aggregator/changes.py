"""What a batch changes: the fold of its declarations, council by council. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from election.council import Council
from election.fold import apply
from election.snapshot import dump
from election.totals import council_totals, ward_totals
from schemas.alert import Alert
from schemas.ids import election_of
from schemas.reject import Reject
from services.aggregator.council_cache import CachedCouncil, CouncilCache
from services.aggregator.decode import LoggedEvent, reject
from services.aggregator.yielding import give_way

Written = tuple[str, tuple[tuple[str, bytes], ...]]
"""A council and its alerts, each with its id, as bytes."""


@dataclass(slots=True)
class Change:
    """One council's change in one batch: what Redis had, what it is to have, what happened."""

    before: CachedCouncil
    council: Council
    offset: int
    partition: int
    ballots: dict[str, None] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)

    _written: tuple[tuple[str, bytes], ...] | None = None

    def alerts_written(self) -> tuple[tuple[str, bytes], ...]:
        """Returns the alerts' ids and bytes, in publishing order; once the fold is done."""
        if self._written is None:
            self._written = tuple(
                (alert.id, alert.model_dump_json().encode()) for alert in self.alerts
            )
        return self._written

    def followed_by(self, later: Change) -> Change:
        """Returns this change and one that was folded upon it as one."""
        return Change(
            self.before,
            later.council,
            later.offset,
            self.partition,
            self.ballots | later.ballots,
            self.alerts + later.alerts,
            self.alerts_written() + later.alerts_written(),
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as bytes, made once and used for Kafka, Redis and the feed.

    A ward without bytes is one that the council has no longer.
    """

    council: str
    election: str
    partition: int
    expected: int | None
    offset: int
    version: int
    state: bytes
    totals: bytes | None
    wards: tuple[tuple[str, bytes], ...]
    alerts: tuple[tuple[str, bytes], ...]


class Changes:
    """Folds declarations into changes, in the order given, on top of the councils held.

    The councils of all declarations must be in `councils` before they are added. Nothing in
    `councils` is altered. `counted` is how many declarations changed anything.
    """

    def __init__(self, councils: CouncilCache) -> None:
        self._councils = councils
        self._changes: dict[str, Change] = {}
        self.counted = 0

    @classmethod
    def merged(cls, batches: Iterable[Changes]) -> Changes:
        """Returns the changes of batches, each folded upon the one before, as those of one."""
        whole = cls(CouncilCache())
        for batch in batches:
            whole.counted += batch.counted
            for council, change in batch.items():
                earlier = whole._changes.get(council)
                whole._changes[council] = earlier.followed_by(change) if earlier else change
        return whole

    def add(self, placed: LoggedEvent) -> Reject | None:
        """Folds one declaration. Returns a reject where it contradicts what is known.

        A declaration at or before the offset that Redis has counted changes nothing: it was
        read again.
        """
        event, offset = placed.event, placed.record.offset
        change = self._changes.get(event.council)
        held = change.before if change else self._councils.get(event.council)
        if held.offset is not None and offset <= held.offset:
            return None
        council, happenings = apply(event, change.council if change else held.council)
        if happenings.conflict is not None:
            return reject(placed.record, "conflict", happenings.conflict)
        if not happenings.changed:
            return None
        if change is None:
            change = Change(held, council, offset, placed.record.partition)
            self._changes[event.council] = change
        self.counted += 1
        change.council = council
        change.offset = offset
        change.ballots.update(dict.fromkeys(happenings.ballots))
        change.alerts.extend(happenings.alerts)
        return None

    def items(self) -> Iterable[tuple[str, Change]]:
        """Returns each changed council with its change, in the order of their first changes."""
        return self._changes.items()

    async def entries(self) -> list[Entry]:
        """Returns each changed council once, as bytes, in the order of its first change.

        Gives way again and again: alerts that become due meanwhile go first, and heartbeats are
        sent however many councils there are.
        """
        return [await _entry(council, change) for council, change in self._changes.items()]

    def alerts(self) -> Iterable[Alert]:
        """Yields every alert, in order within a council."""
        for change in self._changes.values():
            yield from change.alerts

    def alerts_written(self) -> Iterable[Written]:
        """Yields each council that has alerts, with their ids and bytes."""
        for council, change in self._changes.items():
            if change.alerts:
                yield council, change.alerts_written()

    def held(self) -> Iterable[tuple[str, CachedCouncil]]:
        """Yields the changed councils as Redis has them once the entries are committed."""
        for council, change in self._changes.items():
            yield council, CachedCouncil(change.council, change.offset)


async def _entry(identifier: str, change: Change) -> Entry:
    """Returns a change as bytes. A council that has not been opened has state, but no totals.

    Each part takes a tenth of a millisecond or more, as long as a fold, so it gives way before
    each.
    """
    council = change.council
    await give_way()
    totals = council_totals(council)
    totals_written = None if totals is None else totals.model_dump_json().encode()
    await give_way()
    state = dump(council)
    await give_way()
    ballots = () if totals is None else change.ballots
    return Entry(
        council=identifier,
        election=election_of(identifier),
        partition=change.partition,
        expected=change.before.offset,
        offset=change.offset,
        version=council.version,
        state=state,
        totals=totals_written,
        wards=tuple((ballot, _ward(council, ballot)) for ballot in ballots),
        alerts=change.alerts_written(),
    )


def _ward(council: Council, ballot: str) -> bytes:
    if ballot not in council.wards:
        return b""
    return ward_totals(council, ballot).model_dump_json().encode()
