"""A past night as each feed's source says it: in some places something else than happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Literal

from election.evidence.whole import seats_by_party
from readers.events import EventPlaces
from readers.night import NIGHTS, Night, load_night
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.events import Event, ballot_of
from schemas.ward import Candidate, WardDeclared
from tests.support.feed_processes import fold
from tests.support.feed_shapes import FILES, Published, agency, modern_gov, pa_id
from tests.support.feeding import api_night, api_page, places_of
from tests.support.public_server import PublicServer, Reply

Result = WardDeclared | CouncilDeclared
Said = Mapping[str, Result]
"""Results by what they are of, a ballot or a council."""

Kind = Literal["democracy-club", "moderngov", "folder", "pa"]

PAGE_BALLOTS = 100


def subject_of(event: Event) -> str:
    """Returns the ballot, or the council, that an event is of."""
    return ballot_of(event) or event.council


def figures(event: Result) -> dict[str, int | None]:
    """Returns what a result says: votes by candidate, or seats by party."""
    if isinstance(event, CouncilDeclared):
        return dict(seats_by_party(event))
    return {each.candidate: each.votes for each in event.candidates}


class Truth:
    """What was so on a past night, and what a source says of it.

    `right` are the results of wards, or for the Press Association those of councils, and `theirs`
    what the source says instead: the same but for `different`. They declare in `order`.
    """

    def __init__(self, kind: Kind, name: str, chance: Random, different: int) -> None:
        self.folder = NIGHTS / name
        self.places: EventPlaces = places_of(self.folder)
        self.night: Night = load_night(name)
        if kind == "pa":
            self.right: dict[str, Result] = {each.council: each for each in whole(self.night)}
        else:
            results = [each for each in self.night.on_the_night if isinstance(each, WardDeclared)]
            self.right = {each.ballot_paper_id: each for each in results if has_votes(each)}
        self.different = {*chance.sample(sorted(self.right), different)}
        self.theirs: dict[str, Result] = {
            subject: other(each) if subject in self.different else each
            for subject, each in self.right.items()
        }
        self.order = sorted(self.right)
        chance.shuffle(self.order)

    def by_council(self, said: Said) -> dict[str, list[Published]]:
        """Returns the ballots of each council by its name, with what is said of each."""
        found: dict[str, list[Published]] = {}
        for ballot in self.places.ballots:
            identifier = self.places.identifiers[ballot.key, ballot.poll]
            result = said.get(identifier)
            assert not isinstance(result, CouncilDeclared)
            found.setdefault(ballot.council.name, []).append((ballot, identifier, result))
        return found


def has_votes(result: WardDeclared) -> bool:
    names = {each.candidate for each in result.candidates}
    return len(names) == len(result.candidates) > result.seats_contested and all(
        each.votes is not None for each in result.candidates
    )


def whole(night: Night) -> list[CouncilDeclared]:
    """Returns the new councils that came of a night, without those that some ward left open."""
    found = []
    for name, council in fold((*night.openings, *night.on_the_night)).councils.items():
        count = council.count
        if count is None or not count.complete:
            continue
        seats = tuple(
            PartySeats(party=count.names.get(party, ""), party_id=party, seats=number)
            for party, number in count.held.items()
            if number
        )
        found.append(CouncilDeclared(council=name, mode="rehearsal", seats=seats))
    return found


def other(result: Result) -> Result:
    """Returns a result in which the first and the last have changed places.

    Of a council as a whole the first has given a seat to the last, or to somebody unheard of.
    """
    if isinstance(result, CouncilDeclared):
        first, *others = result.seats
        last = others[-1] if others else PartySeats(party="Others", party_id="Others", seats=0)
        moved = (
            first.model_copy(update={"seats": first.seats - 1}),
            *others[:-1],
            last.model_copy(update={"seats": last.seats + 1}),
        )
        return result.model_copy(update={"seats": moved})
    ranked = sorted(result.candidates, key=lambda each: -(each.votes or 0))
    places = {ranked[0]: ranked[-1], ranked[-1]: ranked[0]}

    def one(each: Candidate) -> Candidate:
        of = places.get(each, each)
        return replace(each, votes=of.votes, elected=of.elected)

    return result.model_copy(update={"candidates": tuple(map(one, result.candidates))})


class Pages:
    """Democracy Club's API: every ballot, on pages."""

    def __init__(self, truth: Truth, server: PublicServer, _: Path) -> None:
        self._truth = truth
        self._server = server
        self.command = ("democracy-club", "--night", str(truth.folder))
        self.settings = {"source_democracy_club": server.address("/ballots")}

    def say(self, said: Said) -> None:
        wards = {key: each for key, each in said.items() if isinstance(each, WardDeclared)}
        ballots = api_night(self._truth.places, wards)
        parts = [ballots[at : at + PAGE_BALLOTS] for at in range(0, len(ballots), PAGE_BALLOTS)]
        for number, part in enumerate(parts, 1):
            more = self._server.address(f"/ballots?page={number + 1}")
            path = f"/ballots?page={number}" if number > 1 else "/ballots"
            page = api_page(part, more if number < len(parts) else None, count=len(ballots))
            self._server.replies[path] = [Reply(body=page)]


class Sites:
    """The councils' own ModernGov, each at an address of its own."""

    def __init__(self, truth: Truth, server: PublicServer, folder: Path) -> None:
        self._truth = truth
        self._server = server
        names = [*truth.by_council({})]
        self._paths = {name: f"/{number}/GetElectionResults" for number, name in enumerate(names)}
        file = folder / "moderngov.csv"
        rows = (f'"{name}",{server.address(path)}' for name, path in self._paths.items())
        file.write_text("\n".join(("council,address", *rows)), encoding="utf-8")
        self.command = ("moderngov", "--night", str(truth.folder), "--councils", str(file))
        self.settings: dict[str, str] = {}

    def say(self, said: Said) -> None:
        for name, published in self._truth.by_council(said).items():
            body = modern_gov(name, published).encode()
            self._server.replies[self._paths[name]] = [Reply(body=body)]


class Dropped:
    """A folder: files of one council after the other, in every form that is read in turn."""

    def __init__(self, truth: Truth, _: PublicServer, folder: Path) -> None:
        self._truth = truth
        self._folder = folder / "in"
        self._folder.mkdir()
        self.command = ("folder", str(self._folder), "--night", str(truth.folder))
        self.settings: dict[str, str] = {}

    def say(self, said: Said) -> None:
        for number, (name, published) in enumerate(self._truth.by_council(said).items()):
            ending, shape = FILES[number % len(FILES)]
            if any(result is not None for _, _, result in published):
                put(self._folder / f"{number}-{ending}", shape(name, published))


class Delivered:
    """The Press Association's files: a rush of some councils, then the result of each."""

    def __init__(self, truth: Truth, _: PublicServer, folder: Path) -> None:
        self._truth = truth
        self._names = {each.council: each.name for each in truth.places.councils.all}
        self._folder = folder / "in"
        self._folder.mkdir()
        self._delivered: set[str] = set()
        ids = folder / "pa-ids.csv"
        parties = {seats.party_id for each in results_of(truth) for seats in each.seats}
        rows = [f'{pa_id(name)},"{name}",' for name in self._names.values()]
        rows += [f'{pa_id(party)},,"{party}"' for party in sorted(parties)]
        ids.write_text("\n".join(("pa_id,council,party", *rows)), encoding="utf-8")
        self.command = ("pa", str(self._folder), "--night", str(truth.folder), "--ids", str(ids))
        self.settings: dict[str, str] = {}

    def say(self, said: Said) -> None:
        for subject in sorted(said.keys() - self._delivered):
            result, number = said[subject], len(self._delivered)
            assert isinstance(result, CouncilDeclared)
            name, day = self._names[subject], f"{min(self._days()):%Y%m%d}"
            as_xml = bool(number % 2)
            ending = "xml" if as_xml else "json"
            if not number % 3:
                rush = agency(result, name, day, as_xml=as_xml, rush=True)
                put(self._folder / f"{number}-rush.{ending}", rush)
            put(self._folder / f"{number}.{ending}", agency(result, name, day, as_xml=as_xml))
            self._delivered.add(subject)

    def _days(self) -> Sequence[object]:
        return [each.poll for each in self._truth.places.councils.all]


def results_of(truth: Truth) -> list[CouncilDeclared]:
    return [each for each in truth.theirs.values() if isinstance(each, CouncilDeclared)]


def put(file: Path, text: str) -> None:
    """Puts a file into a folder, as whole as a rename is; one that is there already stays."""
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return
    half = file.with_name(f".{file.name}")
    half.write_text(text, encoding="utf-8")
    half.rename(file)


Publisher = Pages | Sites | Dropped | Delivered

PUBLISHERS: dict[Kind, type[Publisher]] = {
    "democracy-club": Pages,
    "moderngov": Sites,
    "folder": Dropped,
    "pa": Delivered,
}
"""What each feed reads: `say` has the source say something, `command` is the feed's."""
