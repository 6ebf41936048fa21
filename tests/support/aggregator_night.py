"""A seeded night for the aggregator's tests, its expected outcome, and the outcome in Redis."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aiokafka import AIOKafkaProducer

from election.council import Council
from election.fold import apply
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.council import CouncilOpened, Nominee, OpenedWard, PartyStanding
from schemas.ids import election_of
from schemas.totals import CouncilTotals
from schemas.ward import Candidate, WardDeclared
from services.intake.message import prepare
from services.platform.names import Keys, Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from tests.support import earlier
from tests.support.merkle import heads_by_the_log, heads_in_redis
from tests.support.topics import messages

ELECTION = "local.2026-05-07"
PARTIES = ("PP52", "PP53", "PP90")
FOUGHT = earlier.poll({"PP53": (900, 2), "PP52": (800, 0)})

Fact = CouncilOpened | WardDeclared
Wait = Callable[..., Awaitable[object]]


def night(seed: int, councils: int = 6, wards: int = 5) -> list[Fact]:
    """Returns a night's events in order: corrections, repeats and stale facts among them."""
    random = Random(seed)
    openings = [_opening(f"local.council-{number}.2026-05-07", wards) for number in range(councils)]
    facts: list[Fact] = []
    for opening in openings:
        for ward in opening.wards:
            first = _declared(random, opening, ward, 1)
            facts.append(first)
            if random.random() < 0.3:
                facts.append(_declared(random, opening, ward, 2))
            if random.random() < 0.3:
                facts.append(first)
    random.shuffle(facts)
    return [*openings, *facts]


@dataclass
class Outcome:
    """The outcome of a night: JSON by council and ballot, and the ids of alerts."""

    totals: dict[str, Any] = field(default_factory=dict)
    wards: dict[str, dict[str, Any]] = field(default_factory=dict)
    alerts: dict[str, list[str]] = field(default_factory=dict)


def expected(facts: Iterable[Fact]) -> Outcome:
    """Returns the outcome of events by the rules only."""
    councils: dict[str, Council] = {}
    outcome = Outcome()
    for fact in facts:
        council, effects = apply(fact, councils.get(fact.council))
        councils[fact.council] = council
        outcome.alerts.setdefault(fact.council, []).extend(alert.id for alert in effects.alerts)
    for name, council in councils.items():
        totals = council_totals(council)
        assert totals is not None
        outcome.totals[name] = json.loads(totals.model_dump_json())
        outcome.wards[name] = {
            ballot: json.loads(ward_totals(council, ballot).model_dump_json())
            for ballot, ward in council.wards.items()
            if ward.contest is not None
        }
    return outcome


async def stored(settings: Settings, councils: Iterable[str]) -> Outcome:
    """Returns what Redis holds of councils."""
    keys = Keys(settings.namespace)
    outcome = Outcome()
    async with connect(settings) as redis:
        for council in councils:
            totals = await redis.hget(keys.council(council), "totals")
            if totals is None:
                continue
            outcome.totals[council] = json.loads(totals)
            outcome.wards[council] = {
                ballot.decode(): json.loads(ward)
                for ballot, ward in (await redis.hgetall(keys.wards(council))).items()
            }
            outcome.alerts[council] = [
                json.loads(alert)["id"] for alert in await redis.lrange(keys.alerts(council), 0, -1)
            ]
    return outcome


async def assert_counted(settings: Settings, facts: Iterable[Fact]) -> None:
    """Asserts that Redis and the ids of published alerts are what the rules give.

    So are the Merkle trees, by the definition and the log.
    """
    right = expected(facts)
    assert await stored(settings, right.totals) == right
    async with connect(settings) as redis:
        assert await heads_in_redis(redis, settings) == await heads_by_the_log(settings)
    assert set(await alert_ids(settings)) == ids(right)


class Declarations:
    """The log of a test's namespace: sends events as intake does, and waits until they are counted.

    `ends` holds for each partition the offset after the last event sent.
    """

    def __init__(self, settings: Settings, producer: AIOKafkaProducer, wait_until: Wait) -> None:
        self.ends: dict[int, int] = {}
        self._settings = settings
        self._producer = producer
        self._wait_until = wait_until

    async def send(self, facts: Sequence[Fact]) -> None:
        """Sends events, and returns once Kafka has them."""
        waiting = []
        for fact in facts:
            message = prepare(fact, self._settings.namespace)
            waiting.append(
                await self._producer.send(
                    Topics(self._settings.namespace).declarations,
                    message.value,
                    key=message.key,
                    headers=message.headers,
                )
            )
        for sent in waiting:
            record = await sent
            self.ends[record.partition] = record.offset + 1

    async def count(self, facts: Sequence[Fact] = ()) -> None:
        """Sends events, and returns once Redis has everything that was ever sent."""
        await self.send(facts)
        await self._wait_until(self.counted)

    async def counted(self) -> bool:
        """Returns whether Redis has everything that was sent."""
        return await self._watermarks() == list(self.ends.values())

    async def some_counted(self) -> bool:
        """Returns whether Redis has anything of what was sent."""
        return any(await self._watermarks())

    async def _watermarks(self) -> list[int]:
        keys = Keys(self._settings.namespace)
        async with connect(self._settings) as redis:
            found = await redis.mget([keys.watermark(partition) for partition in self.ends])
        return [int(value or 0) for value in found]


async def alert_ids(settings: Settings) -> list[str]:
    """Returns the ids of every alert published, repeats included."""
    records = await messages(settings, Topics(settings.namespace).alerts)
    return [json.loads(record.value)["id"] for record in records]


def ids(outcome: Outcome) -> set[str]:
    """Returns the ids of all alerts of an outcome."""
    return {alert for alerts in outcome.alerts.values() for alert in alerts}


def _opening(council: str, wards: int) -> CouncilOpened:
    assert election_of(council) == ELECTION
    _, name, poll = council.split(".")
    return CouncilOpened(
        council=council,
        name=name.title(),
        mode="rehearsal",
        cycle="all-out",
        seats_total=2 * wards,
        control_before="PP52",
        standing=tuple(PartyStanding(party_id=party) for party in PARTIES),
        wards=tuple(
            OpenedWard(
                ballot_paper_id=f"local.{name}.ward-{number}.{poll}",
                ward=f"Ward {number}",
                seats_contested=2,
                candidates=tuple(
                    Nominee(candidate=f"{party} {place}", party_id=party)
                    for party in PARTIES
                    for place in (1, 2)
                ),
                # Some wards tell a story, one that nothing is comparable, and others none.
                previous=(None, earlier.before(FOUGHT), earlier.redrawn())[number % 3],
            )
            for number in range(wards)
        ),
    )


def _declared(
    random: Random, opening: CouncilOpened, ward: OpenedWard, revision: int
) -> WardDeclared:
    votes = random.sample(range(100, 3_000), 6)
    return WardDeclared(
        council=opening.council,
        ballot_paper_id=ward.ballot_paper_id,
        mode="rehearsal",
        revision=revision,
        correction="transcription" if revision > 1 else None,
        seats_contested=2,
        candidates=tuple(
            Candidate(candidate=nominee.candidate, party_id=nominee.party_id, votes=count)
            for nominee, count in zip(ward.candidates or (), votes, strict=True)
        ),
    )


def expected_totals(facts: Iterable[Fact]) -> list[CouncilTotals]:
    """Returns each council's totals after each event that changes them, in order."""
    councils: dict[str, Council] = {}
    found = []
    for fact in facts:
        council, effects = apply(fact, councils.get(fact.council))
        councils[fact.council] = council
        totals = council_totals(council)
        if effects.changed and totals is not None:
            found.append(totals)
    return found
