"""A whole night from a local server, fed beside another source that says otherwise in places."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from election.fold import apply
from election.totals import council_totals
from readers.events import EventPlaces
from readers.night import NIGHTS, Night, load_night
from schemas.events import Event, decode_event
from schemas.reject import Reject
from schemas.ward import Candidate, WardDeclared
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.feed_processes import Counted, Feeding, fold
from tests.support.feeding import api_night, api_page, places_of
from tests.support.public_server import PublicServer, Reply
from tests.support.services_night import LONG_S, is_counted
from tests.support.topics import messages

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]
Said = dict[str, WardDeclared]

STEPS = 4
"""Parts in which the night is declared; the feed is killed in each."""

PAGE_BALLOTS = 100


class Truth:
    """A past night, and what the feed's source says of it: in some wards another winner."""

    def __init__(self, name: str, chance: Random, different: int) -> None:
        folder = NIGHTS / name
        self.folder = folder
        self.places: EventPlaces = places_of(folder)
        self.night: Night = load_night(name)
        results = [each for each in self.night.on_the_night if isinstance(each, WardDeclared)]
        self.right: Said = {each.ballot_paper_id: each for each in results if has_votes(each)}
        self.different = {*chance.sample(sorted(self.right), different)}
        self.theirs: Said = {
            ballot: other_winner(each) if ballot in self.different else each
            for ballot, each in self.right.items()
        }
        self.order = sorted(self.right)
        chance.shuffle(self.order)

    def declared(self, step: int) -> list[str]:
        """Returns the ballots that have declared after a step of the night, in their order."""
        return self.order[: len(self.order) * step // STEPS]


def has_votes(result: WardDeclared) -> bool:
    names = {each.candidate for each in result.candidates}
    return len(names) == len(result.candidates) > result.seats_contested and all(
        each.votes is not None for each in result.candidates
    )


def other_winner(result: WardDeclared) -> WardDeclared:
    """Returns a result in which the first and the last have each other's figures."""
    ranked = sorted(result.candidates, key=lambda each: -(each.votes or 0))
    first, last = ranked[0], ranked[-1]

    def one(each: Candidate) -> Candidate:
        other = {first: last, last: first}.get(each, each)
        return replace(each, votes=other.votes, elected=other.elected)

    return result.model_copy(update={"candidates": tuple(map(one, result.candidates))})


def say(server: PublicServer, places: EventPlaces, said: Mapping[str, WardDeclared]) -> int:
    """Has the server say something on all of its pages, and returns how many these are."""
    ballots = api_night(places, said)
    parts = [ballots[at : at + PAGE_BALLOTS] for at in range(0, len(ballots), PAGE_BALLOTS)]
    for number, part in enumerate(parts, 1):
        more = server.address(f"/ballots?page={number + 1}") if number < len(parts) else None
        path = f"/ballots?page={number}" if number > 1 else "/ballots"
        server.replies[path] = [Reply(body=api_page(part, more, count=len(ballots)))]
    return len(parts)


def figures(result: WardDeclared) -> dict[str, int | None]:
    return {each.candidate: each.votes for each in result.candidates}


def last_figures(words: Iterable[Event]) -> dict[str, dict[str, int | None]]:
    """Returns the figures that a source said last of each ballot."""
    return {each.ballot_paper_id: figures(each) for each in words if isinstance(each, WardDeclared)}


def standing(counted: Counted) -> dict[str, object]:
    """Returns the result that stands of each ballot."""
    wards = [ward for council in counted.councils.values() for ward in council.wards.values()]
    return {ward.ballot_paper_id: ward.result for ward in wards}


def totals(counted: Counted) -> dict[str, object]:
    """Returns control and the seats of each party in each council."""
    shown = [council_totals(council) for council in counted.councils.values()]
    return {
        each.council: (each.control, {party.party_id: party.seats for party in each.parties})
        for each in shown
        if each
    }


def ever_stood(counted: Counted, ballots: set[str]) -> dict[str, list[object]]:
    """Returns every result that ever stood of some ballots, in the order of the log."""
    councils: dict[str, Any] = {}
    found: dict[str, list[object]] = {ballot: [] for ballot in ballots}
    for event in counted.words:
        councils[event.council], _ = apply(event, councils.get(event.council))
        ballot = getattr(event, "ballot_paper_id", "")
        if ballot in ballots:
            result = councils[event.council].wards[ballot].result
            if result is not None and result not in found[ballot]:
                found[ballot].append(result)
    return found


@pytest.mark.parametrize(("name", "different"), [("three-boroughs-2022", 8), ("england-2021", 60)])
async def test_a_night_of_two_sources_that_differ_in_places_is_the_right_one(  # noqa: PLR0913, PLR0917
    name: str,
    different: int,
    feeding: Feeding,
    server: PublicServer,
    settings: Settings,
    process: Process,
    eventually: Eventually,
) -> None:
    """Every difference is at the desk and never on air; the feed is killed in each part."""
    chance = Random(18)
    truth = Truth(name, chance, different)
    await feeding.open(truth.night.openings)
    process("aggregator", "run")
    pages = say(server, truth.places, {})
    address = server.address("/ballots")
    command = ("democracy-club", "--night", str(truth.folder))
    feed = feeding.feed("volunteers", *command, source_democracy_club=address)

    for step in range(1, STEPS + 1):
        shown = {ballot: truth.theirs[ballot] for ballot in truth.declared(step)}
        say(server, truth.places, shown)
        asked = len(server.asked) + chance.randint(1, 2 * pages)
        await eventually(lambda asked=asked: len(server.asked) >= asked)
        feed.kill()
        new = truth.declared(step)[len(truth.declared(step - 1)) :]
        await feeding.post("agency", [truth.right[ballot] for ballot in new])
        feed.start()

        async def is_fed(shown: Said = shown) -> bool:
            assert feed.process.poll() is None, feed.written()
            said = last_figures(await feeding.said_by("volunteers"))
            return said == {ballot: figures(each) for ballot, each in shown.items()}

        await eventually(is_fed, timeout_s=LONG_S)
    await eventually(lambda: is_counted(settings), timeout_s=LONG_S)

    counted = await feeding.counted()
    right = fold((*truth.night.openings, *truth.right.values()))
    assert standing(counted) == standing(right)
    assert totals(counted) == totals(right)
    stood = ever_stood(counted, truth.different)
    assert stood == {ballot: [standing(right)[ballot]] for ballot in truth.different}
    assert disputed(counted) == truth.different
    assert await at_the_desk(settings) >= truth.different
    audit = process("verify")
    assert audit.process.wait(120) == 0, audit.written()
    assert "0 differences" in audit.written()


def disputed(counted: Counted) -> set[str]:
    """Returns the ballots of which somebody contradicts what stands."""
    wards = [ward for council in counted.councils.values() for ward in council.wards.values()]
    return {ward.ballot_paper_id for ward in wards if ward.evidence and ward.evidence.disputed}


async def at_the_desk(settings: Settings) -> set[str]:
    """Returns the ballots of which the desk was told a word of the feed that does not count."""
    found = set()
    for record in await messages(settings, Topics(settings.namespace).rejects):
        reject = Reject.model_validate_json(record.value)
        event = decode_event(reject.value or b"")
        if isinstance(event, WardDeclared) and event.source_id == "volunteers":
            assert reject.reason in {"held", "conflict"}
            found.add(event.ballot_paper_id)
    return found
