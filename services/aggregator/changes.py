"""Step 3 of a batch: the fold of its declarations, council by council. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog

from election.council import Council
from election.fold import apply
from election.snapshot import dump
from election.totals import council_totals, ward_totals
from schemas.alert import Alert
from schemas.ids import election_of
from schemas.reject import Reject, broken_detail
from schemas.totals import CouncilTotals, WardTotals
from services.aggregator.council_cache import CachedCouncil, CouncilCache
from services.aggregator.decode import LoggedEvent, reject
from services.aggregator.yielding import yield_to_declarations
from services.platform.kafka import MESSAGE_MAX_BYTES
from services.platform.metrics import AGGREGATOR_UNPUBLISHED

PUBLISHED_BYTES_MAX = MESSAGE_MAX_BYTES - 4_096
"""The largest totals that a message holds, with its key and headers. The limits of the schemas keep
every council below it (tests/property/test_outputs_at_the_bounds.py)."""

log = structlog.get_logger(__name__)

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
        """Folds one declaration. Returns a reject if it conflicts or breaks the fold.

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
        if effects.failure is not None:
            log.error("declaration cannot be counted", exc_info=effects.failure)
            return reject(logged.record, "broken", broken_detail(effects.failure))
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
    If the totals or a ward cannot be written or are too large to be published, what readers have
    of the council stays as it is until a later change can be written; the count goes on.
    """
    council = change.council
    published = None
    await yield_to_declarations()
    try:
        totals = _fitting(council_totals(council))
        await yield_to_declarations()
        wards = () if totals is None else _wards(council, change.ballots)
        published = totals, wards
    except Exception:
        AGGREGATOR_UNPUBLISHED.inc()
        log.exception("totals cannot be published", council=identifier, offset=change.offset)
    await yield_to_declarations()
    totals, wards = published or (None, ())
    before = change.before.council
    return EncodedChange(
        council=identifier,
        election=election_of(identifier),
        partition=change.partition,
        expected=change.before.offset,
        offset=change.offset,
        version=council.version if published or before is None else before.version,
        state=dump(council),
        totals=totals,
        wards=tuple((ballot, encoded) for ballot, encoded, _ in wards),
        alerts=change.encoded_alerts(),
        heard_of=tuple(encoded for _, encoded, is_heard_of in wards if is_heard_of),
    )


def _wards(council: Council, ballots: Iterable[str]) -> tuple[tuple[str, bytes, bool], ...]:
    """Returns each ward's ballot id, JSON, and whether more is known than that it is polled."""
    encoded = []
    for ballot in ballots:
        ward = ward_totals(council, ballot) if ballot in council.wards else None
        heard_of = ward is not None and ward.status != "waiting"
        encoded.append((ballot, _fitting(ward) or b"", heard_of))
    return tuple(encoded)


def _fitting(totals: CouncilTotals | WardTotals | None) -> bytes | None:
    """Returns totals as JSON. Raises ValueError if a message cannot hold them."""
    if totals is None:
        return None
    encoded = totals.model_dump_json().encode()
    if len(encoded) > PUBLISHED_BYTES_MAX:
        raise ValueError(f"{len(encoded)} bytes; a message holds {PUBLISHED_BYTES_MAX}")
    return encoded
