"""Declarations counted into Redis, laid out as the aggregator writes it, without Kafka."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from redis.asyncio import Redis

from election.council import Council
from election.fold import apply
from election.totals import council_totals, ward_totals
from schemas.events import Event
from schemas.ids import election_of
from services.platform.names import Keys


class Counted:
    """The councils of one namespace: what is told here stands in Redis when `tell` returns."""

    def __init__(self, redis: Redis, namespace: str) -> None:
        self._redis = redis
        self._keys = Keys(namespace)
        self._councils: dict[str, Council] = {}

    async def tell(self, *events: Event) -> None:
        """Counts declarations one by one, each in a transaction of its own."""
        for event in events:
            await self.tell_all([event])

    async def tell_all(self, events: Iterable[Event]) -> None:
        """Counts declarations in one transaction."""
        transaction = self._redis.pipeline(transaction=True)
        for event in events:
            self._count(event, transaction)
        await transaction.execute()

    def _count(self, event: Event, transaction: Any) -> None:
        council, effects = apply(event, self._councils.get(event.council))
        self._councils[event.council] = council
        totals = council_totals(council)
        if not effects.changed or totals is None:
            return
        identifier, keys = council.council, self._keys
        election = election_of(identifier)
        transaction.sadd(keys.elections(), election)
        transaction.sadd(keys.councils(election), identifier)
        changes: list[tuple[str, str]] = []
        for ballot in effects.ballots:
            ward = ward_totals(council, ballot).model_dump_json()
            transaction.hset(keys.wards(identifier), ballot, ward)
            changes.append(("ward", ward))
        whole = totals.model_dump_json()
        council_fields = {"totals": whole, "version": str(totals.version)}
        transaction.hset(keys.council(identifier), mapping=council_fields)
        changes.append(("totals", whole))
        for alert in effects.alerts:
            transaction.rpush(keys.alerts(identifier), alert.model_dump_json())
            changes.append(("alert", alert.model_dump_json()))
        for kind, data in changes:
            entry = {"type": kind, "council": identifier, "data": data}
            transaction.xadd(keys.feed(election), entry)
