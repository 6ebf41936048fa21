"""Step 3 of a batch: the fold of its declarations, council by council. No I/O."""

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
from services.aggregator.yielding import yield_to_declarations

CouncilAlerts = tuple[str, tuple[tuple[str, bytes], ...]]
"""A council's id, and the id and the JSON of each of its alerts, in publishing order."""


@dataclass(slots=True)
class Change:
    """One council's change in one batch: what Redis has before it, the result, and the alerts.

    `offset` is that of the last declaration that changed the council. `ballots` are the ids of
    the wards that changed.
    """

    before: CachedCouncil
    council: Council
    offset: int
    partition: int
    ballots: dict[str, None] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)

    _encoded_alerts: tuple[tuple[str, bytes], ...] | None = None

    def encoded_alerts(self) -> tuple[tuple[str, bytes], ...]:
        """Returns the id and the JSON of each alert, in publishing order.

        They are encoded once. Call it only after the fold.
        """
        if self._encoded_alerts is None:
            self._encoded_alerts = tuple(
                (alert.id, alert.model_dump_json().encode()) for alert in self.alerts
            )
        return self._encoded_alerts

    def followed_by(self, later: Change) -> Change:
        """Returns this change and a later one, which was folded on top of it, as one change."""
        return Change(
            self.before,
            later.council,
            later.offset,
            self.partition,
            self.ballots | later.ballots,
            self.alerts + later.alerts,
            self.encoded_alerts() + later.encoded_alerts(),
        )


@dataclass(frozen=True, slots=True)
class EncodedChange:
    """A council's change as bytes, encoded once for Kafka, Redis and the feed.

    `expected` is the offset that Redis should have for the council before the change, None for a
    new council. `offset` is the one it has after it. `totals` is None until the council is
    opened. `wards` holds the ballot id and the JSON of each ward that changed; empty JSON means
    that the council no longer has the ward. `heard_of` is the JSON of those among them of which
    more is known than that they are polled.
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
    heard_of: tuple[bytes, ...] = ()


class Changes:
    """Folds declarations, in the order given, into one change for each council.

    The council of each declaration must be in `councils` before the declaration is added.
    Nothing in `councils` is altered. `counted` is the number of declarations that changed a
    council.
    """

    def __init__(self, councils: CouncilCache) -> None:
        self._councils = councils
        self._changes: dict[str, Change] = {}
        self.counted = 0

    @classmethod
    def merged(cls, batches: Iterable[Changes]) -> Changes:
        """Returns the changes of several batches, each folded on top of the one before, as one."""
        together = cls(CouncilCache())
        for batch in batches:
            together.counted += batch.counted
            for council, change in batch.items():
                earlier = together._changes.get(council)
                together._changes[council] = earlier.followed_by(change) if earlier else change
        return together

    def add(self, logged: LoggedEvent) -> Reject | None:
        """Folds one declaration. Returns a reject if it contradicts what is known.

        A declaration whose offset the council has reached already changes nothing: it is being
        read again.
        """
        event, offset = logged.event, logged.record.offset
        change = self._changes.get(event.council)
        before = change.before if change else self._councils.get(event.council)
        if before.offset is not None and offset <= before.offset:
            return None
        council, effects = apply(event, change.council if change else before.council)
        if effects.conflict is not None:
            return reject(logged.record, "conflict", effects.conflict)
        if not effects.changed:
            return None
        if change is None:
            change = Change(before, council, offset, logged.record.partition)
            self._changes[event.council] = change
        self.counted += 1
        change.council = council
        change.offset = offset
        change.ballots.update(dict.fromkeys(effects.ballots))
        change.alerts.extend(effects.alerts)
        return None

    def items(self) -> Iterable[tuple[str, Change]]:
        """Returns the id and the change of each council, in the order of first changes."""
        return self._changes.items()

    async def encode(self) -> list[EncodedChange]:
        """Returns each council's change as bytes, in the order of first changes.

        Yields to the event loop between any two steps, so that alerts of declarations that
        arrive meanwhile go first, and heartbeats are sent however many councils there are.
        """
        return [await _encode(council, change) for council, change in self._changes.items()]

    def alerts(self) -> Iterable[Alert]:
        """Yields every alert; those of one council come in publishing order."""
        for change in self._changes.values():
            yield from change.alerts

    def encoded_alerts(self) -> Iterable[CouncilAlerts]:
        """Yields each council that has alerts, with their ids and JSON."""
        for council, change in self._changes.items():
            if change.alerts:
                yield council, change.encoded_alerts()

    def updated_councils(self) -> Iterable[tuple[str, CachedCouncil]]:
        """Yields each changed council as Redis will have it once the changes are committed."""
        for council, change in self._changes.items():
            yield council, CachedCouncil(change.council, change.offset)


async def _encode(identifier: str, change: Change) -> EncodedChange:
    """Returns a change as bytes. A council that has not been opened has state, but no totals.

    Each part takes a tenth of a millisecond or more, as long as a fold, so it yields before each.
    """
    council = change.council
    await yield_to_declarations()
    totals = council_totals(council)
    encoded_totals = None if totals is None else totals.model_dump_json().encode()
    await yield_to_declarations()
    state = dump(council)
    await yield_to_declarations()
    wards, heard_of = [], []
    for ballot in () if totals is None else change.ballots:
        ward = ward_totals(council, ballot) if ballot in council.wards else None
        encoded = b"" if ward is None else ward.model_dump_json().encode()
        wards.append((ballot, encoded))
        if ward is not None and ward.status != "waiting":
            heard_of.append(encoded)
    return EncodedChange(
        council=identifier,
        election=election_of(identifier),
        partition=change.partition,
        expected=change.before.offset,
        offset=change.offset,
        version=council.version,
        state=state,
        totals=encoded_totals,
        wards=tuple(wards),
        alerts=change.encoded_alerts(),
        heard_of=tuple(heard_of),
    )
