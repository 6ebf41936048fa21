"""A whole night from local servers, fed beside another source that says otherwise in places."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from election.evidence.claim import Evidence
from election.evidence.whole import WholeEvidence, seats_by_party
from election.fold import apply
from election.totals import council_totals
from schemas.council_result import CouncilDeclared
from schemas.events import Event, decode_event
from schemas.reject import Reject
from schemas.ward import WardDeclared
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.feed_nights import (
    PUBLISHERS,
    Kind,
    Publisher,
    Result,
    Said,
    Truth,
    figures,
    subject_of,
)
from tests.support.feed_processes import Counted, Feeding, fold, without_repeats
from tests.support.public_server import PublicServer
from tests.support.services_night import LONG_S, is_counted
from tests.support.striking import MOMENTS, Striking
from tests.support.topics import messages

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]

POST_EVENTS = 200
"""The most events that a feed posts at once."""

LONG: list[pytest.MarkDecorator] = [pytest.mark.long, pytest.mark.timeout(1_800)]
"""All of England, which takes minutes, and many on a busy machine."""

NIGHTS: list[Any] = [
    ("democracy-club", "three-boroughs-2022", 8),
    ("moderngov", "three-boroughs-2022", 8),
    ("folder", "three-boroughs-2022", 8),
    ("pa", "london-2014", 5),
    *(
        pytest.param(kind, "england-2021", different, marks=LONG)
        for kind, different in (
            ("democracy-club", 60),
            ("moderngov", 60),
            ("folder", 60),
            ("pa", 12),
        )
    ),
]


class PlayedNight:
    """A night that a feed is told part by part, and that is killed in each part."""

    def __init__(self, truth: Truth, publisher: Publisher, feeding: Feeding, feed: Any) -> None:
        self.truth = truth
        self.publisher = publisher
        self.feeding = feeding
        self.feed = feed

    def declared(self, part: int) -> list[str]:
        """Returns what has declared after a part of the night, in its order."""
        return self.truth.order[: len(self.truth.order) * part // len(MOMENTS)]

    async def words(self) -> list[Event]:
        """Returns what the log has of the feed."""
        return await self.feeding.said_by("volunteers")

    async def is_fed(self, shown: Said, before: int) -> bool:
        """Returns whether the feed has said all that is shown since it was started again.

        The log had so many words of it `before`; what it says last is what is shown, and no more.
        """
        assert self.feed.process.poll() is None, self.feed.written()
        words = await self.words()
        is_said = len(words) >= before + len(shown)
        return is_said and last_figures(words) == last_figures(shown.values())

    def looks(self) -> int:
        """Returns how often the feed has begun to look."""
        return self.feed.written().count("feeding")


@pytest.fixture
async def striking(feeding: Feeding) -> AsyncIterator[Striking]:
    async with Striking(feeding.intake_port) as made:
        yield made


@pytest.mark.parametrize(("kind", "name", "different"), NIGHTS)
async def test_a_night_of_two_sources_that_differ_in_places_is_the_right_one(  # noqa: PLR0913, PLR0917
    kind: Kind,
    name: str,
    different: int,
    feeding: Feeding,
    server: PublicServer,
    striking: Striking,
    settings: Settings,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """Every difference is at the desk and never on air, though the feed is killed all the time.

    In each part of the night it is killed at another moment of one of its posts, and as it begins
    to look again. The other source declares half of the part in between, and half afterwards, so
    that words of the feed are said again while they wait.
    """
    chance = Random(18)
    truth = Truth(kind, name, chance, different)
    await feeding.open(truth.night.openings)
    process("aggregator", "run")
    publisher = PUBLISHERS[kind](truth, server, tmp_path)
    publisher.say({})
    through = {"feed_intake_url": striking.address, **publisher.settings}
    feed = feeding.feed("volunteers", *publisher.command, **through)
    night = PlayedNight(truth, publisher, feeding, feed)

    for part, moment in enumerate(MOMENTS, 1):
        new = night.declared(part)[len(night.declared(part - 1)) :]
        posts = -(-len(new) // POST_EVENTS)
        striking.strike(moment, chance.randint(1, posts), feed.kill)
        shown = {subject: truth.theirs[subject] for subject in night.declared(part)}
        publisher.say(shown)
        await eventually(striking.struck.is_set, timeout_s=LONG_S)
        await feeding.post("agency", [truth.right[subject] for subject in new[::2]])
        looks = night.looks()
        feed.start()
        await eventually(lambda looks=looks: night.looks() > looks)
        feed.kill()
        before = len(await night.words())
        feed.start()
        await eventually(partial(night.is_fed, shown, before), timeout_s=LONG_S)
        await feeding.post("agency", [truth.right[subject] for subject in new[1::2]])
    assert feed.end() == 0
    await eventually(lambda: is_counted(settings), timeout_s=LONG_S)

    counted = await feeding.counted()
    assert_right(truth, counted)
    await assert_all_at_the_desk_once(truth, settings)
    assert states(counted) == states(fold(without_repeats(counted.words)))
    audit = process("verify")
    assert audit.process.wait(300) == 0, audit.written()
    assert "0 differences" in audit.written()


def assert_right(truth: Truth, counted: Counted) -> None:
    """Asserts that what stands, and ever stood, is what happened, and what differs is disputed."""
    right = fold((*truth.night.openings, *truth.right.values()))
    assert standing(counted) == standing(right)
    assert totals(counted) == totals(right)
    stood = ever_stood(counted, truth.different)
    assert stood == {each: [standing(right)[each]] for each in truth.different}
    assert disputed(counted) == truth.different


async def assert_all_at_the_desk_once(truth: Truth, settings: Settings) -> None:
    """Asserts that the desk was told of every difference, and of no word of the feed twice."""
    told: Counter[tuple[str, str, object]] = Counter()
    for record in await messages(settings, Topics(settings.namespace).rejects):
        reject = Reject.model_validate_json(record.value)
        event = decode_event(reject.value or b"")
        if isinstance(event, WardDeclared | CouncilDeclared) and event.source_id == "volunteers":
            assert reject.reason in {"held", "conflict"}
            told[subject_of(event), reject.reason, frozenset(figures(event).items())] += 1
    assert {subject for subject, _, _ in told} >= truth.different
    assert {each for each, times in told.items() if times > 1} == set()


def states(counted: Counted) -> dict[str, object]:
    """Returns every council with all that is known of it, and its version."""
    return dict(counted.councils)


def last_figures(words: Iterable[Event]) -> dict[str, dict[str, int | None]]:
    """Returns what a source said last of each ballot or council, without spaces to spare."""
    return {
        subject_of(each): {" ".join(name.split()): number for name, number in figures(each).items()}
        for each in words
        if isinstance(each, WardDeclared | CouncilDeclared)
    }


def standing(counted: Counted) -> dict[str, object]:
    """Returns the result that stands of each ballot, and of each council as a whole."""
    found: dict[str, object] = {}
    for name, council in counted.councils.items():
        found[name] = council.declared and seats_by_party(council.declared)
        found |= {ballot: ward.result for ballot, ward in council.wards.items()}
    return found


def totals(counted: Counted) -> dict[str, object]:
    """Returns control and the seats of each party in each council."""
    shown = [council_totals(council) for council in counted.councils.values()]
    return {
        each.council: (each.control, {party.party_id: party.seats for party in each.parties})
        for each in shown
        if each
    }


def ever_stood(counted: Counted, subjects: set[str]) -> dict[str, list[object]]:
    """Returns every result that ever stood of some subjects, in the order of the log."""
    now = Counted({}, [], [])
    found: dict[str, list[object]] = {subject: [] for subject in subjects}
    for event in counted.words:
        now.councils[event.council], _ = apply(event, now.councils.get(event.council))
        subject = subject_of(event)
        if subject in subjects and isinstance(event, Result):
            one = Counted({event.council: now.councils[event.council]}, [], [])
            result = standing(one)[subject]
            if result is not None and result not in found[subject]:
                found[subject].append(result)
    return found


def disputed(counted: Counted) -> set[str]:
    """Returns the ballots and councils of which somebody contradicts what stands."""
    said: dict[str, Evidence | WholeEvidence | None] = {}
    for name, council in counted.councils.items():
        said[name] = council.evidence
        said |= {ballot: ward.evidence for ballot, ward in council.wards.items()}
    return {subject for subject, evidence in said.items() if evidence and evidence.disputed}
