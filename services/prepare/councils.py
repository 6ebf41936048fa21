"""Councils: which are polled on a day, and what is said of them, joined by code or name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from readers.council_names import council_words
from readers.public_sources.records import (
    AgencyNominations,
    Composition,
    Councillor,
    DeclarationTime,
    ListedBallot,
    Place,
    PolledCouncil,
    RegisteredCouncil,
    Sources,
)
from schemas.ids import council_id, from_slug
from services.prepare.todo import Todos, said

_REGISTER: Final = "mySociety's register of local authorities (pages.mysociety.org)"


@dataclass(slots=True)
class JoinedCouncil:
    """A council that is polled, and everything that is said of it."""

    slug: str
    name: str
    shown: str
    polled: PolledCouncil | None = None
    registered: RegisteredCouncil | None = None
    ballots: list[str] = field(default_factory=list)
    councillors: list[Councillor] = field(default_factory=list)
    compositions: list[Composition] = field(default_factory=list)
    agency: AgencyNominations | None = None
    time: DeclarationTime | None = None
    predecessors: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The words of its name, by which files name it."""
        return council_words(self.shown) or council_words(self.slug)

    def composition(self, until: int) -> Composition | None:
        """Returns its seats in the latest year of the history up to one; None if it has none."""
        found = (each for each in self.compositions if each.year <= until)
        return max(found, key=lambda each: each.year, default=None)

    @property
    def council_gss(self) -> str:
        """Its code; blank if it has none yet."""
        return self.registered.council_gss if self.registered else ""

    @property
    def nation(self) -> str:
        """The first letter of its code; blank without one."""
        return self.council_gss[:1]


def joined_councils(sources: Sources, poll: date, todos: Todos) -> list[JoinedCouncil]:
    """Returns the councils with a ballot on a day, or one replacing such a ballot, by name.

    Councils of other sources that are not polled are left out; those that only the agency names
    are noted, as they may be missing from the others.
    """
    ballots = _ballots(sources, poll)
    polled = {_slug(each.election_id): each for each in sources.polled if _day(each, poll)}
    organisations = {
        _slug(each.ballot_paper_id): each.organisation
        for each in (*sources.elections, *sources.nominations)
        if each.organisation
    }
    registered = _Register(sources.register, poll, todos)
    found = []
    for slug in sorted({*polled, *ballots}):
        council = _council(slug, poll, polled.get(slug), organisations.get(slug, ""), registered)
        council.ballots = sorted(ballots.get(slug, ()))
        found.append(council)
    _join(found, sources, registered, poll, todos)
    return sorted(found, key=lambda each: (each.shown.casefold(), each.slug))


def _ballots(sources: Sources, poll: date) -> dict[str, set[str]]:
    """Returns the ids of ballots of a day by council, with the later ones that replace them."""
    known: dict[str, ListedBallot | None] = {}
    for council in sources.polled:
        known |= dict.fromkeys(council.ballots)
    for ballot in (*sources.elections, *sources.nominations):
        known[ballot.ballot_paper_id] = ballot
    day = poll.isoformat()
    wanted = {each for each in known if each.endswith(f".{day}")}
    later = {
        identifier
        for identifier, ballot in known.items()
        if ballot and ballot.replaces in wanted and identifier.rpartition(".")[2] > day
    }
    found: dict[str, set[str]] = {}
    for identifier in wanted | later:
        found.setdefault(_slug(identifier), set()).add(identifier)
    return found


def _slug(identifier: str) -> str:
    return identifier.split(".")[1]


def _day(council: PolledCouncil, poll: date) -> bool:
    return council.election_id.rpartition(".")[2] == poll.isoformat()


def _council(
    slug: str,
    poll: date,
    polled: PolledCouncil | None,
    organisation: str,
    register: _Register,
) -> JoinedCouncil:
    """Returns a council under a name that makes the id that its ballots have."""
    stated = [polled.common_name, polled.official_name] if polled else []
    stated = [*filter(None, (*stated, organisation))]
    entry = register.find(polled, (*stated, from_slug(slug)))
    shown = next(iter((*stated[:1], *(entry.names if entry else ()), from_slug(slug))))
    if not polled and entry and entry.nice_name:
        shown = entry.nice_name
    names = (*stated, *(entry.names if entry else ()), from_slug(slug))
    identifier = f"local.{slug}.{poll.isoformat()}"
    name = next((each for each in names if _makes(each, poll, identifier)), from_slug(slug))
    return JoinedCouncil(slug, name, shown, polled=polled, registered=entry)


def _makes(name: str, poll: date, identifier: str) -> bool:
    try:
        return council_id(name, poll) == identifier
    except ValueError:
        return False


class _Register:
    """The register of local authorities, found by code, else by name."""

    def __init__(self, entries: Iterable[RegisteredCouncil], poll: date, todos: Todos) -> None:
        self._todos = todos
        self._by_code: dict[str, RegisteredCouncil] = {}
        self._by_words: dict[str, RegisteredCouncil | None] = {}
        for each in entries:
            self._by_code[each.code] = each
            if each.ended is not None and each.ended <= poll:
                continue
            for words in {council_words(name) for name in each.names} - {""}:
                self._by_words[words] = None if words in self._by_words else each

    def find(self, polled: PolledCouncil | None, names: Iterable[str]) -> RegisteredCouncil | None:
        """Returns the entry with a council's code, if its names agree, else the one with a name."""
        words = [council_words(name) for name in names]
        of_name = next((found for each in words if (found := self._by_words.get(each))), None)
        of_code = self._by_code.get(polled.code) if polled else None
        if polled is None or of_code is None or of_code is of_name:
            return of_name
        if {council_words(name) for name in of_code.names} & set(words):
            return of_code
        self._todos.conflict(
            f"{polled.code} is the code of another council",
            said(polled.official_name, polled.at),
            said(of_code.official_name, of_code.at),
            "no code is written",
            council=polled.common_name or polled.official_name,
            settles="council_gss",
        )
        return None

    def predecessors(self, entry: RegisteredCouncil | None) -> tuple[str, ...]:
        """Returns the names of the councils that a council replaces."""
        if entry is None:
            return ()
        return tuple(
            sorted(
                each.nice_name or each.official_name
                for each in self._by_code.values()
                if entry.code in each.replaced_by.replace(";", ",").split(",")
            )
        )


def _join(
    councils: list[JoinedCouncil],
    sources: Sources,
    register: _Register,
    poll: date,
    todos: Todos,
) -> None:
    """Gives each council what other sources say of it."""
    by_words: dict[str, JoinedCouncil | None] = {}
    by_history: dict[str, JoinedCouncil] = {}
    for council in councils:
        names = (council.name, council.shown, council.slug)
        more = council.registered.names if council.registered else ()
        for words in {council_words(name) for name in (*names, *more)} - {""}:
            by_words[words] = None if words in by_words else council
        if council.registered and council.registered.open_council_data_id:
            by_history[council.registered.open_council_data_id] = council
    for councillor in sources.councillors:
        found = by_words.get(council_words(councillor.council))
        if found:
            found.councillors.append(councillor)
    for composition in sources.compositions:
        found = by_history.get(composition.council_id) or by_words.get(
            council_words(composition.council)
        )
        if found:
            found.compositions.append(composition)
    _join_agency(sources, by_words, todos)
    for council in councils:
        council.predecessors = register.predecessors(council.registered)
    _note_ended(councils, poll, todos)


def _join_agency(sources: Sources, by_words: dict[str, JoinedCouncil | None], todos: Todos) -> None:
    for nominations in sorted(sources.agency, key=lambda each: each.revision):
        found = by_words.get(council_words(nominations.council))
        if found:
            found.agency = nominations
        else:
            _note_not_polled(nominations.council, nominations.at, todos)
    for expected in sources.times:
        found = by_words.get(council_words(expected.council))
        if not found:
            _note_not_polled(expected.council, expected.at, todos)
        elif found.time and found.time.expected_at != expected.expected_at:
            todos.conflict(
                "expected times differ",
                said(f"{found.time.expected_at:%a %H:%M}", found.time.at),
                said(f"{expected.expected_at:%a %H:%M}", expected.at),
                "the first is written",
                council=found.shown,
                settles="expected_at",
            )
        else:
            found.time = expected


def _note_not_polled(name: str, at: Place, todos: Todos) -> None:
    todos.add(
        "not in the night",
        f"{name} has no ballot on the day in any other source",
        f"only {at} names it",
        "elections.democracyclub.org.uk, or the council; a name may be spelt in another way",
        council=name,
    )


def _note_ended(councils: list[JoinedCouncil], poll: date, todos: Todos) -> None:
    for council in councils:
        entry = council.registered
        if entry and entry.ended is not None and entry.ended <= poll:
            todos.add(
                "abolished",
                f"the council ended on {entry.ended}, and is polled all the same",
                f"{entry.at}{f', replaced by {entry.replaced_by}' if entry.replaced_by else ''}",
                _REGISTER,
                council=council.shown,
            )
        elif not council.council_gss:
            before = ", ".join(council.predecessors)
            what = f"; it replaces {before}" if before else ""
            todos.add(
                "no code",
                f"no GSS code{what}",
                f"{entry.at} has none" if entry else "the register does not have the council",
                f"{_REGISTER}, or geoportal.statistics.gov.uk",
                council=council.shown,
                settles="council_gss",
            )
