"""Step 3 of a batch: the fold of its declarations, council by council. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson
import structlog

from election.certificates.positions import Places, places_after, positioned
from election.council import Council
from schemas.alert import Alert
from schemas.ids import election_of
from schemas.reject import Reject, broken_detail
from services.aggregator.council_cache import CachedCouncil
from services.aggregator.decode import LoggedEvent
from services.aggregator.steps import STEPS, BrokenError, Steps, Written
from services.engine.set_aside import reject
from services.engine.yielding import yield_to_declarations
from services.platform.origin import Origin

log = structlog.get_logger(__name__)


class EncodedAlert(NamedTuple):
    """An alert's id and its JSON, and the declaration that it follows from."""

    id: str
    json: bytes
    origin: Origin | None = None


CouncilAlerts = tuple[str, Sequence[EncodedAlert]]
"""A council's id and its alerts, in publishing order."""


@dataclass(slots=True)
class Change:
    """One council's change in one batch: what Redis has before it, the result, and the alerts.

    `offset` is that of the last declaration that changed the council. `counted` is the number of
    those that did, `waiting` of which are kept and do not count yet. `ballots` are the ids of the
    wards that changed. `places` are the offsets by which the council's facts stand, and
    `certificates` those of the alerts as JSON. `written` is the result as it goes out, None until
    it is written out. `origin` is that of the last declaration.
    """

    before: CachedCouncil
    council: Council
    offset: int
    partition: int
    ballots: dict[str, None] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    encoded_alerts: list[EncodedAlert] = field(default_factory=list)
    places: Places = field(default_factory=dict)
    certificates: list[bytes] = field(default_factory=list)
    counted: int = 0
    waiting: int = 0
    written: Written | None = None
    origin: Origin | None = None

    def followed_by(self, later: Change) -> Change:
        """Returns this change and a later one, which was folded on top of it, as one change.

        Both are written out.
        """
        earlier, latest = _written(self), _written(later)
        return Change(
            self.before,
            later.council,
            later.offset,
            self.partition,
            self.ballots | later.ballots,
            self.alerts + later.alerts,
            self.encoded_alerts + later.encoded_alerts,
            later.places,
            self.certificates + later.certificates,
            self.counted + later.counted,
            self.waiting + later.waiting,
            latest._replace(wards={**earlier.wards, **latest.wards}),
            later.origin,
        )


@dataclass(frozen=True, slots=True)
class EncodedChange:
    """A council's change as bytes, encoded once for Kafka, Redis and the feed.

    `expected` is the offset that Redis should have for the council before the change, None for a
    new council. `offset` is the one it has after it. `totals` is None until the council is
    opened. `wards` holds the ballot id and the JSON of each ward that changed; empty JSON means
    that the council no longer has the ward. `heard_of` is the JSON of those among them of which
    more is known than that they are polled. `places` are the offsets by which its facts stand, and
    `certificates` those of the alerts, both as JSON. `origin` is that of the last declaration.
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
    alerts: tuple[EncodedAlert, ...]
    heard_of: tuple[bytes, ...] = ()
    places: bytes = b"{}"
    certificates: tuple[bytes, ...] = ()
    origin: Origin | None = None


class Changes:
    """Folds declarations, in the order given, into one change for each council.

    The council of each declaration must be in `councils`, which is not altered. Nothing of a
    declaration that becomes a reject is in the changes.
    """

    def __init__(self, councils: Mapping[str, CachedCouncil], steps: Steps = STEPS) -> None:
        self._councils = councils
        self._steps = steps
        self._changes: dict[str, Change] = {}

    @classmethod
    def merged(cls, batches: Iterable[Changes]) -> Changes:
        """Returns the changes of several batches, each folded on top of the one before, as one.

        All are written out.
        """
        together = cls({})
        for batch in batches:
            together.absorb(batch)
        return together

    def absorb(self, later: Changes) -> None:
        """Adds changes that were folded on top of these. Both are written out."""
        for council, change in later.items():
            earlier = self._changes.get(council)
            self._changes[council] = earlier.followed_by(change) if earlier else change

    @property
    def counted(self) -> int:
        """The number of declarations that changed a council."""
        return sum(change.counted for change in self._changes.values())

    @property
    def waiting(self) -> int:
        """How many of these are kept, and do not count yet."""
        return sum(change.waiting for change in self._changes.values())

    def add(self, logged: LoggedEvent) -> Reject | None:
        """Folds one declaration. Returns a reject if it contradicts what is known, or breaks.

        If it is kept and does not count, that is both a change and a reject. A declaration whose
        offset the council has reached already changes nothing: it is being read again.
        """
        event, offset = logged.event, logged.record.offset
        change = self._changes.get(event.council)
        before = change.before if change else self._councils[event.council]
        if before.offset is not None and offset <= before.offset:
            return None
        current = change.council if change else before.council
        try:
            council, effects = self._steps.folded(event, current)
            known = change.places if change else before.places
            places = places_after(known, event, current, council, offset)
            encoded_alerts = self._steps.alerts(effects.alerts)
            certificates = self._steps.certificates(
                positioned(each, logged.record.partition, places) for each in effects.certificates
            )
        except BrokenError as error:
            return set_aside(logged, error)
        rejected = reject(logged.record, *effects.rejection) if effects.rejection else None
        if not effects.changed:
            return rejected
        if change is None:
            change = Change(before, council, offset, logged.record.partition)
            self._changes[event.council] = change
        change.counted += 1
        change.council = council
        change.offset = offset
        change.ballots.update(dict.fromkeys(effects.ballots))
        change.alerts.extend(effects.alerts)
        change.encoded_alerts.extend(EncodedAlert(*each, logged.origin) for each in encoded_alerts)
        change.places = places
        change.certificates += certificates
        change.origin = logged.origin
        change.waiting += rejected is not None
        return rejected

    async def write_out(self) -> dict[str, BrokenError]:
        """Writes each changed council out, and returns the error of each for which that fails.

        Call it after the fold, and publish nothing before it. Yields to the event loop between
        any two councils, so that alerts of declarations that arrive meanwhile go first, and
        heartbeats are sent however many councils there are.
        """
        broken = {}
        for number, (council, change) in enumerate(self._changes.items()):
            if number:
                await yield_to_declarations()
            try:
                change.written = self._steps.written(change.council, change.ballots)
            except BrokenError as error:
                broken[council] = error
        return broken

    def only(self, councils: Collection[str]) -> Changes:
        """Returns the changes of some councils."""
        some = Changes(self._councils, self._steps)
        some._changes = {name: each for name, each in self.items() if name in councils}
        return some

    def items(self) -> Iterable[tuple[str, Change]]:
        """Returns the id and the change of each council, in the order of first changes."""
        return self._changes.items()

    def encoded(self) -> list[EncodedChange]:
        """Returns each council's change as bytes, in the order of first changes.

        They must be written out.
        """
        return [_encoded(council, change) for council, change in self._changes.items()]

    def alerts(self) -> Iterable[Alert]:
        """Yields every alert; those of one council come in publishing order."""
        for change in self._changes.values():
            yield from change.alerts

    def encoded_alerts(self) -> Iterable[CouncilAlerts]:
        """Yields each council that has alerts, with these."""
        for council, change in self._changes.items():
            if change.alerts:
                yield council, change.encoded_alerts

    def updated_councils(self) -> Iterable[tuple[str, CachedCouncil]]:
        """Yields each changed council as Redis will have it once the changes are committed."""
        for council, change in self._changes.items():
            yield council, CachedCouncil(change.council, change.offset, change.places)


def set_aside(logged: LoggedEvent, error: BrokenError) -> Reject:
    """Logs, with its trace, that livecount failed for a declaration, and returns its reject."""
    record = logged.record
    log.error(
        "declaration broken",
        partition=record.partition,
        offset=record.offset,
        detail=str(error),
        exc_info=error,
    )
    return reject(record, "broken", broken_detail(str(error)))


def _encoded(identifier: str, change: Change) -> EncodedChange:
    """Returns a change as bytes. A council that has not been opened has state, but no totals."""
    written = _written(change)
    wards = () if written.totals is None else tuple(written.wards.items())
    return EncodedChange(
        council=identifier,
        election=election_of(identifier),
        partition=change.partition,
        expected=change.before.offset,
        offset=change.offset,
        version=change.council.version,
        state=written.state,
        totals=written.totals,
        wards=tuple((ballot, encoded) for ballot, (encoded, _) in wards),
        alerts=tuple(change.encoded_alerts),
        places=orjson.dumps(dict(change.places)),
        certificates=tuple(change.certificates),
        heard_of=tuple(encoded for _, (encoded, is_heard_of) in wards if is_heard_of),
        origin=change.origin,
    )


def _written(change: Change) -> Written:
    assert change.written is not None, "write it out first"  # noqa: S101 - an invariant
    return change.written
