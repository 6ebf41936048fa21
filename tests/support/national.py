"""Totals of a night and of its parts, as the nation service stores them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis

from schemas.alert import Alert
from schemas.envelope import content_id
from schemas.national import (
    ExpectedNext,
    Milestone,
    NationalCouncils,
    NationalParty,
    NationalTotals,
    PartKind,
    Projection,
)
from services.platform.names import Keys
from services.platform.settings import Settings
from tests.support.ticking import COUNCIL, ELECTION

LABOUR = NationalParty(
    party_id="PP53",
    party="Labour Party",
    councils=22,
    councils_change=5,
    councils_change_covers=40,
    gained_from={"PP52": 4, "NOC": 2},
    lost_to={"NOC": 1},
    seats_won=2_101,
    seats_won_covers=141,
    seats_defended=1_600,
    seats_defended_covers=133,
    seats_to_come=120,
    seats_to_come_covers=133,
    change_eve_of_poll=669,
    change_eve_of_poll_covers=133,
    change_last_election=324,
    change_last_election_covers=130,
    votes=1_234_567,
    votes_covers=141,
    vote_share=31.4,
)

CONSERVATIVE = NationalParty(
    party_id="PP52",
    party="Conservative Party",
    councils=11,
    councils_change=-4,
    councils_change_covers=40,
    lost_to={"PP53": 4},
    seats_won=1_364,
    seats_won_covers=141,
)

LOCALS = (
    NationalParty(party_id="Ashford First", party="Ashford First", seats_won=3, seats_won_covers=1),
    NationalParty(party_id="Our <b>Town</b>", seats_won=2, seats_won_covers=1),
)

NO_CONTROL = NationalParty(
    party_id="NOC",
    councils=9,
    councils_change=-1,
    councils_change_covers=40,
    gained_from={"PP53": 1},
    lost_to={"PP53": 2},
)

PASSED = Milestone(
    id=content_id(b"past 600"),
    mark="Labour past 600",
    text="MILESTONE Labour past 600 gains: 603 net over 128 councils, with Nowhere",
    council=COUNCIL,
)
TAKEN_BACK = Milestone(
    id=content_id(b"past 700"),
    mark="Labour past 700",
    text="MILESTONE Labour past 700 gains: 701 net over 135 councils",
    retracted=True,
)


def national(version: int = 1, **fields: Any) -> NationalTotals:
    """Returns the totals of a night at a version, with some fields otherwise."""
    given: dict[str, Any] = {
        "election": ELECTION,
        "mode": "rehearsal",
        "version": version,
        "councils": NationalCouncils(
            total=161,
            not_opened=("Bury", "Wigan"),
            opened=159,
            decided=42,
            complete=40,
            awaited=121,
            before_unknown=2,
            last_election_notional=3,
            wards_total=3_100,
            wards_declared=1_201,
            seats_declared=1_720,
            turnout_percentage=36.2,
            turnout_covers=130,
        ),
        "parties": (LABOUR, CONSERVATIVE, *LOCALS, NO_CONTROL),
        "milestones": (PASSED, TAKEN_BACK),
        "projections": (
            Projection(
                name="Projected national share",
                source="BBC",
                shares={"PP53": 35.0, "PP52": 26.0},
                entered_by="Ann Able",
            ),
        ),
        "expected_next": (
            ExpectedNext(
                council=COUNCIL,
                name="Nowhere",
                expected_at=datetime(2014, 5, 23, 2, 30, tzinfo=UTC),
            ),
        ),
    }
    return NationalTotals(**(given | fields))


def part(kind: PartKind, name: str, version: int = 1, **fields: Any) -> NationalTotals:
    """Returns the totals of a part of the night: Labour alone, in two councils."""
    given: dict[str, Any] = {
        "kind": kind,
        "name": name,
        "councils": NationalCouncils(opened=2, decided=1, complete=1, awaited=1),
        "parties": (
            NationalParty(
                party_id="PP53",
                party="Labour Party",
                councils=1,
                seats_won=61,
                seats_won_covers=2,
                change_eve_of_poll=7,
                change_eve_of_poll_covers=1,
            ),
        ),
        "milestones": (),
        "projections": (),
        "expected_next": (),
    }
    return national(version, **(given | fields))


def night_alert(number: int = 1, **fields: Any) -> Alert:
    """Returns a milestone of the night; equal numbers give equal ids."""
    given: dict[str, Any] = {
        "id": content_id(f"milestone {number}".encode()),
        "kind": "milestone",
        "action": "raise",
        "election": ELECTION,
        "council": None,
        "name": "Labour past 600",
        "mode": "rehearsal",
        "text": f"MILESTONE Labour past 600 gains: 603 net over 128 councils ({number})",
        "proof": ("Nowhere: Labour +6",),
    }
    return Alert.model_validate(given | fields)


class Nation:
    """Writes what councils come to together into a test's Redis, as the nation service does."""

    def __init__(self, redis: Redis, settings: Settings) -> None:
        self._redis = redis
        self._keys = Keys(settings.namespace)

    async def store(self, night: NationalTotals, *parts: NationalTotals) -> None:
        """Stores totals, and has the feed say so, all at once."""
        stored = {f"{each.kind}:{each.name}": each.model_dump_json() for each in parts}
        stored["night"] = night.model_dump_json()
        transaction = self._redis.pipeline(transaction=True)
        transaction.hset(self._keys.national(night.election), mapping=stored)
        transaction.xadd(
            self._keys.feed(night.election),
            {"type": "national", "council": "", "data": stored["night"]},
        )
        await transaction.execute()

    async def tell(self, *alerts: Alert) -> None:
        """Has the feed tell alerts of the night."""
        for alert in alerts:
            await self._redis.xadd(
                self._keys.feed(alert.election),
                {"type": "alert", "council": "", "data": alert.model_dump_json()},
            )
