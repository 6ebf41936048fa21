"""Declarations counted into Redis as the aggregator writes them, without Kafka in between."""

from __future__ import annotations

from collections.abc import Iterable

from redis.asyncio import Redis

from election.council import Council
from election.fold import apply
from election.view import council_totals, ward_totals
from schemas.ids import election_of
from services.aggregator.changes import Entry
from services.aggregator.store import Store
from services.intake.night import Declaration
from services.platform.names import Keys


class Counted:
    """The councils of one namespace: what is told here stands in Redis when `tell` returns."""

    def __init__(self, redis: Redis, namespace: str) -> None:
        self._store = Store(redis, Keys(namespace))
        self._councils: dict[str, Council] = {}
        self._offset = 0
        self._offsets: dict[str, int] = {}

    async def tell(self, *events: Declaration) -> None:
        """Counts declarations one by one, each with its own entries in the feed."""
        for event in events:
            entry = self._count(event)
            if entry is not None:
                await self._store.commit([entry])
                await self._store.advance({}, [entry.election])

    async def tell_all(self, events: Iterable[Declaration]) -> None:
        """Counts declarations with one write for all of them."""
        entries = [entry for event in events if (entry := self._count(event)) is not None]
        await self._store.commit(entries)
        await self._store.advance({}, {entry.election for entry in entries})

    def _count(self, event: Declaration) -> Entry | None:
        council, happenings = apply(event, self._councils.get(event.council))
        self._councils[event.council] = council
        if not happenings.changed:
            return None
        self._offset += 1
        totals = council_totals(council)
        entry = Entry(
            council=council.council,
            election=election_of(council.council),
            partition=0,
            expected=self._offsets.get(council.council),
            offset=self._offset,
            version=council.version,
            state=b"",  # The ticker never reads it.
            totals=totals.model_dump_json().encode() if totals else None,
            totals_changed=True,
            wards=tuple(
                (ballot, ward_totals(council, ballot).model_dump_json().encode())
                for ballot in happenings.ballots
            ),
            alerts=tuple(
                (alert.id, alert.model_dump_json().encode()) for alert in happenings.alerts
            ),
        )
        self._offsets[council.council] = self._offset
        return entry
