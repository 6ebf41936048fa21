"""Held but published: figures that anybody could read before they counted.

**What is checked.** A fold of the log, record by record, says for each figure of the councils of
several sources when it was first said, and when it first stood: the ward's result had it, and its
council was open. A figure that was said may be in something public only from the moment on at
which it stood; one that never stood, in nothing. That is so of what is held, and also of what is
disputed, parked or set aside. Public are: the topics `alerts`, `totals` and `wards`, all of what
Redis shows (totals, wards, feed), every page, JSON, CSV and stream of the ticker but the desk's,
past pages included, and every channel but those that ask for `held`, `conflict` or `parked`.
Kafka's clock tells when something was said or published there, and the same machine's when it was
read: what was published can only be later than what caused it, so that a fault is none of the
clock's.

**What is not checked.** A figure that has stood once may be published again, though something else
stands by now; totals, wards and alerts are compared with the fold for that. A figure that was
published before it stood, and in sight only later than that, is not seen; there are thousands that
never stand. What moves only names is seen in the rows of wards, where each figure stands beside its
name, and not in sentences. The page of a night names no councils beside its figures, so that one is
not seen there that stands in another council. Whether a word should have been held is for the
tests of the rules: here the rules are what the workers are compared with.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from redis.asyncio import Redis

from election.council import Council
from election.declaration import Declaration, declaration
from election.totals import council_totals
from election.ward import Ward
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.ids import election_of
from schemas.ward import WardDeclared
from services.audit.recount import Step
from services.platform.names import Keys
from services.platform.topic_log import Log
from services.ticker.feed.entry import milliseconds
from tests.chaos.published import Sighting, Sightings, in_json, row
from tests.chaos.words import FIGURE_MIN


class Figures:
    """When each figure of an election was first said, and first stood, in seconds.

    By council and figure, and by election and figure.
    """

    def __init__(self, election: str) -> None:
        self.election = election
        self.said_s: dict[tuple[str, str], float] = {}
        self.stood_s: dict[tuple[str, str], float] = {}

    def add(self, step: Step, council: Council | None) -> None:
        """Adds a record of the log, with its council as it is after it."""
        event = step.event
        if event is None or event.election != self.election:
            return
        at_s = step.record.timestamp / 1_000
        said = _result_in(event)
        if said is not None:
            figures = _figures(said.ballot_paper_id, declaration(said))
            self._note(self.said_s, event.council, figures, at_s)
        if council is None or council.opening is None:
            return
        is_of_one = isinstance(event, WardDeclared | DeskDecided)
        ballots = [event.ballot_paper_id] if is_of_one else list(council.wards)
        for ballot in ballots:
            ward = council.wards.get(ballot)
            if ward is not None and ward.declared is not None and _is_shown(ward):
                figures = [*_figures(ballot, ward.declared), *_following(ward, council)]
                self._note(self.stood_s, council.council, figures, at_s)

    def _note(
        self,
        into: dict[tuple[str, str], float],
        council: str,
        figures: Iterable[str],
        at_s: float,
    ) -> None:
        # Councils are folded partition by partition, so what comes later here may be earlier.
        for figure in figures:
            for place in ((council, figure), (self.election, figure)):
                into[place] = min(at_s, into.get(place, at_s))

    def stand(self, standing: Mapping[tuple[str, str], float]) -> None:
        """Adds figures that stand by themselves, such as sums over councils, from when on."""
        for place, at_s in standing.items():
            self.stood_s[place] = min(at_s, self.stood_s.get(place, at_s))

    @property
    def never_stood(self) -> int:
        """How many figures of councils were said and never stood."""
        return sum(about != self.election for about, _ in self.said_s.keys() - self.stood_s.keys())

    def seen_in(self, sightings: Sequence[Sighting]) -> dict[str, int]:
        """Returns how many figures that were said were seen in each place."""
        said = [each.where for each in sightings if (each.about, each.figure) in self.said_s]
        return dict(sorted(Counter(said).items()))

    def too_early(self, sightings: Sequence[Sighting]) -> Iterator[str]:
        """Yields what is wrong with each figure that was seen before it stood."""
        for about, figure, where, at_s in sightings:
            stood_s = self.stood_s.get((about, figure))
            if (about, figure) in self.said_s and (stood_s is None or at_s < stood_s):
                stands = f"stood {stood_s - at_s:.3f} s later" if stood_s else "never stood"
                yield f"{figure} of {about} in {where}, which {stands}"


def _result_in(event: Event) -> WardDeclared | None:
    match event:
        case WardDeclared():
            return event
        case DeskDecided():
            return event.figure
    return None


def _is_shown(ward: Ward) -> bool:
    """Returns whether the result of a ward is shown, and not parked."""
    return ward.contest is not None and ward.fits


def _figures(ballot: str, said: Declaration) -> Iterator[str]:
    numbers = [said.num_spoilt_ballots, said.num_turnout_reported, said.total_electorate]
    for each in said.candidates:
        if each.votes is not None:
            yield row(ballot, each.candidate, each.votes)
            numbers.append(each.votes)
    yield from _numbers(numbers)


def _following(ward: Ward, council: Council) -> Iterator[str]:
    """Yields what follows from a result that stands: a slip that counts makes large majorities."""
    numbers = [ward.votes_to_flip, council.count.votes_to_flip if council.count else None]
    yield from _numbers([*numbers, ward.margin.votes if ward.margin else None])
    totals = council_totals(council)
    if totals is not None:
        # Sums of what stands.
        yield from _numbers([*totals.votes.values(), totals.votes_total])
        yield from _numbers([totals.ballots, totals.electorate])


def _numbers(numbers: Iterable[int | None]) -> Iterator[str]:
    yield from (str(each) for each in numbers if each is not None and each >= FIGURE_MIN)


async def in_topics_and_redis(log: Log, redis: Redis, keys: Keys, election: str) -> list[Sighting]:
    """Returns the figures of an election in Kafka's public topics and in Redis."""
    found = Sightings()
    for name in ("alerts", "totals", "wards"):
        topic = getattr(log.topics, name)
        async for record in log.read(topic, await log.ends(topic)):
            if record.value and election_of(record.key.decode()) == election:
                _note(found, f"topic {name}", record.timestamp / 1_000, record.value, election)
    for council in await redis.smembers(keys.councils(election)):
        identifier = council.decode()
        totals = await redis.hget(keys.council(identifier), "totals")
        wards: Mapping[bytes, bytes] = await redis.hgetall(keys.wards(identifier))
        for what, value in [("totals", totals), *(("ward", each) for each in wards.values())]:
            _note(found, f"{what} in Redis", time.time(), value, election)
    for feed_id, fields in await redis.xrange(keys.feed(election)):
        at_s = milliseconds(feed_id.decode()) / 1_000
        _note(found, "feed", at_s, fields[b"data"], election)
    return found.all()


def _note(found: Sightings, where: str, at_s: float, value: Any, election: str) -> None:
    if value:
        found.note(where, at_s, in_json(orjson.loads(value), election))
