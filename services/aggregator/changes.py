"""Step 3 of a batch: the fold of its declarations, council by council. No I/O."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from election.council import Council
from schemas.alert import Alert
from schemas.ids import election_of
from schemas.reject import Reject
from services.aggregator.council_cache import CachedCouncil
from services.aggregator.decode import LoggedEvent, broken_reject, reject
from services.aggregator.steps import STEPS, BrokenError, Steps, Written
from services.aggregator.yielding import yield_to_declarations

COUNCILS_PER_TURN = 20
"""Councils written out before the event loop does its other work: some three milliseconds."""

CouncilAlerts = tuple[str, Sequence[tuple[str, bytes]]]
"""A council's id, and the id and the JSON of each of its alerts, in publishing order."""


@dataclass(slots=True)
class Change:
    """One council's change in one batch: what Redis has before it, the result, and the alerts.

    `offset` is that of the last declaration that changed the council. `ballots` are the ids of
    the wards that changed. `counted` is the number of declarations that changed the council.
    `written` is the result as JSON, None until it is written out.
    """

    before: CachedCouncil
    council: Council
    offset: int
    partition: int
    ballots: dict[str, None] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    encoded_alerts: list[tuple[str, bytes]] = field(default_factory=list)
    counted: int = 0
    written: Written | None = None

    def followed_by(self, later: Change) -> Change:
        """Returns this change and a later one, which was folded on top of it, as one change.

        Both are written out.
        """
        assert self.written and later.written, "write both out first"  # noqa: S101, PT018 - an invariant
        return Change(
            self.before,
            later.council,
            later.offset,
            self.partition,
            self.ballots | later.ballots,
            self.alerts + later.alerts,
            self.encoded_alerts + later.encoded_alerts,
            self.counted + later.counted,
            Written(later.written.totals, {**self.written.wards, **later.written.wards}),
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

    The council of each declaration must be in `councils`, which is not altered. Nothing of a
    declaration that fails is in the changes.
    """

    def __init__(self, councils: Mapping[str, CachedCouncil], steps: Steps = STEPS) -> None:
        self._councils = councils
        self.steps = steps
        self._changes: dict[str, Change] = {}

    @classmethod
    def merged(cls, batches: Sequence[Changes]) -> Changes:
        """Returns the changes of several batches, each folded on top of the one before, as one.

        At least one is given, and all are written out.
        """
        together = cls({}, batches[0].steps)
        for batch in batches:
            for council, change in batch.items():
                earlier = together._changes.get(council)
                together._changes[council] = earlier.followed_by(change) if earlier else change
        return together

    @property
    def counted(self) -> int:
        """The number of declarations that changed a council."""
        return sum(change.counted for change in self._changes.values())

    def add(self, logged: LoggedEvent) -> Reject | None:
        """Folds one declaration. Returns a reject if it contradicts what is known, or fails.

        A declaration whose offset the council has reached already changes nothing: it is being
        read again.
        """
        event, offset = logged.event, logged.record.offset
        change = self._changes.get(event.council)
        before = change.before if change else self._councils[event.council]
        if before.offset is not None and offset <= before.offset:
            return None
        try:
            council, effects = self.steps.folded(event, change.council if change else before[0])
            encoded_alerts = self.steps.alerts(effects.alerts) if effects.alerts else []
        except BrokenError as error:
            return broken_reject(logged.record, error)
        if effects.conflict is not None:
            return reject(logged.record, "conflict", effects.conflict)
        if not effects.changed:
            return None
        if change is None:
            change = Change(before, council, offset, logged.record.partition)
            self._changes[event.council] = change
        change.counted += 1
        change.council = council
        change.offset = offset
        change.ballots.update(dict.fromkeys(effects.ballots))
        change.alerts.extend(effects.alerts)
        change.encoded_alerts += encoded_alerts
        return None

    async def write_out(self) -> dict[str, BrokenError]:
        """Writes each changed council out, and returns the error of each for which that fails.

        Call it after the fold, and publish nothing before it. Yields to the event loop after
        every COUNCILS_PER_TURN.
        """
        broken = {}
        for number, (council, change) in enumerate(self._changes.items(), 1):
            try:
                change.written = self.steps.written(change.council, change.ballots)
            except BrokenError as error:
                broken[council] = error
            if number % COUNCILS_PER_TURN == 0:
                await asyncio.sleep(0)
        return broken

    def before(self, council: str) -> CachedCouncil:
        """Returns a council as it was before the changes."""
        return self._changes[council].before

    def only(self, councils: Collection[str]) -> Changes:
        """Returns the changes of some councils."""
        some = Changes(self._councils, self.steps)
        some._changes = {name: each for name, each in self.items() if name in councils}
        return some

    def without(self, councils: Collection[str]) -> Changes:
        """Returns the changes of all but some councils."""
        others = Changes(self._councils, self.steps)
        others._changes = {name: each for name, each in self.items() if name not in councils}
        return others

    def items(self) -> Iterable[tuple[str, Change]]:
        """Returns the id and the change of each council, in the order of first changes."""
        return self._changes.items()

    async def encode(self) -> list[EncodedChange]:
        """Returns each council's change as bytes, in the order of first changes.

        They must be written out. Yields to the event loop before each state is made, so that
        alerts of declarations that arrive meanwhile go first, and heartbeats are sent however
        many councils there are.
        """
        encoded = []
        for council, change in self._changes.items():
            await yield_to_declarations()
            encoded.append(_encoded(council, change, self.steps.state(change.council)))
        return encoded

    def alerts(self) -> Iterable[Alert]:
        """Yields every alert; those of one council come in publishing order."""
        for change in self._changes.values():
            yield from change.alerts

    def encoded_alerts(self) -> Iterable[CouncilAlerts]:
        """Yields each council that has alerts, with their ids and JSON."""
        for council, change in self._changes.items():
            if change.alerts:
                yield council, change.encoded_alerts

    def updated_councils(self) -> Iterable[tuple[str, CachedCouncil]]:
        """Yields each changed council as Redis will have it once the changes are committed."""
        for council, change in self._changes.items():
            yield council, CachedCouncil(change.council, change.offset)


def _encoded(identifier: str, change: Change, state: bytes) -> EncodedChange:
    """Returns a change as bytes. A council that has not been opened has state, but no totals."""
    assert change.written, "write the changes out first"  # noqa: S101 - an invariant
    totals, written = change.written
    wards = [] if totals is None else [(ballot, *written[ballot]) for ballot in change.ballots]
    return EncodedChange(
        council=identifier,
        election=election_of(identifier),
        partition=change.partition,
        expected=change.before.offset,
        offset=change.offset,
        version=change.council.version,
        state=state,
        totals=totals,
        wards=tuple((ballot, ward) for ballot, ward, _ in wards),
        alerts=tuple(change.encoded_alerts),
        heard_of=tuple(ward for _, ward, heard_of in wards if heard_of),
    )
