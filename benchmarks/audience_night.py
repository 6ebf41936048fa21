"""The night of `nights/england-2021`, counted by the rules and written to Redis."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from redis.asyncio import Redis

from election.council import Council
from election.fold import apply
from election.totals import council_totals
from election.ward_totals import ward_totals
from readers.night import load_night
from schemas.ids import election_of
from services.platform.names import Keys

NIGHT = "england-2021"
ELECTION = "local.2021-05-06"

Commands = list[tuple[str, tuple[Any, ...]]]


def counted(keys: Keys, seed: int) -> Iterator[tuple[bool, Commands]]:
    """Yields the night's events in a shuffled order, as the Redis commands that count them.

    The flag is true for openings.
    """
    night = load_night(NIGHT)
    events = list(night.on_the_night)
    random.Random(seed).shuffle(events)  # noqa: S311 - an order, not a secret
    councils: dict[str, Council] = {}
    for place, event in enumerate([*night.openings, *events]):
        council, effects = apply(event, councils.get(event.council))
        councils[event.council] = council
        totals = council_totals(council)
        if totals is None or not effects.changed:
            continue
        identifier, election = council.council, election_of(council.council)
        wards = [(each, ward_totals(council, each).model_dump_json()) for each in effects.ballots]
        payload = totals.model_dump_json()
        fields = {"totals": payload, "version": str(totals.version)}
        alerts = [alert.model_dump_json() for alert in effects.alerts]
        commands: Commands = [
            ("sadd", (keys.elections(), election)),
            ("sadd", (keys.councils(election), identifier)),
            ("hset", (keys.council(identifier), None, None, fields)),
            *(("hset", (keys.wards(identifier), ballot, ward)) for ballot, ward in wards),
            *(("rpush", (keys.alerts(identifier), alert)) for alert in alerts),
        ]
        entries = [("ward", ward) for _, ward in wards] + [("totals", payload)]
        entries += [("alert", alert) for alert in alerts]
        commands += [
            ("xadd", (keys.feed(election), {"type": kind, "council": identifier, "data": data}))
            for kind, data in entries
        ]
        yield place < len(night.openings), commands


async def write(redis: Redis, commands: Commands) -> None:
    """Writes one event as one transaction."""
    transaction = redis.pipeline(transaction=True)
    for name, arguments in commands:
        getattr(transaction, name)(*arguments)
    await transaction.execute()
