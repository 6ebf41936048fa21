"""Ballots: what several sources say of one ballot, joined by its id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from readers.public_sources.records import (
    DEMOCRACY_CLUB,
    EVERY_ELECTION,
    ListedBallot,
    Nominated,
    Place,
)
from schemas.ids import is_by_election, ward_of
from services.prepare.todo import Todos, said

_EVERY_ELECTION_SITE: Final = "elections.democracyclub.org.uk/elections/"
_CANDIDATES_SITE: Final = "candidates.democracyclub.org.uk/elections/"


@dataclass(frozen=True, slots=True)
class JoinedBallot:
    """A ballot as all sources together have it. `candidates` is None if nominations are unknown."""

    ballot_paper_id: str
    ward: str
    ward_gss: str
    seats: int | None
    status: str
    locked: bool | None
    candidates: tuple[Nominated, ...] | None
    replaces: str
    source: str

    @property
    def poll(self) -> str:
        """The day of its poll."""
        return self.ballot_paper_id.rpartition(".")[2]

    @property
    def is_by_election(self) -> bool:
        """Whether it is a by-election."""
        return is_by_election(self.ballot_paper_id)


def joined_ballot(
    identifier: str,
    elections: Iterable[ListedBallot],
    nominations: Iterable[ListedBallot],
    council: str,
    todos: Todos,
) -> JoinedBallot:
    """Returns a ballot from all that is said of it. Adds what differs and what is missing."""
    about = _About(identifier, council, todos)
    of_elections, of_nominations = [*elections], [*nominations]
    listed = [*of_nominations, *of_elections]
    candidates = about.candidates(of_nominations)
    seats = about.seats(listed)
    return JoinedBallot(
        ballot_paper_id=identifier,
        ward=about.ward(listed),
        ward_gss=about.ward_gss(listed),
        seats=seats,
        status=about.status(listed, candidates, seats),
        locked=about.locked(of_nominations),
        candidates=candidates,
        replaces=next((each.replaces for each in listed if each.replaces), ""),
        source=" and ".join(dict.fromkeys(each.at.source for each in listed)) or EVERY_ELECTION,
    )


@dataclass(frozen=True, slots=True)
class _About:
    """One ballot, and where its differences are noted."""

    identifier: str
    council: str
    todos: Todos

    def _differ(self, what: str, one: str, other: str, written: str, settles: str) -> None:
        self.todos.conflict(
            what,
            one,
            other,
            written,
            council=self.council,
            ballot=self.identifier,
            settles=settles,
        )

    def ward(self, listed: list[ListedBallot]) -> str:
        name = next((each.ward for each in listed if each.ward), "")
        name = name or ward_of(self.identifier)
        return f"{name} (by-election)" if is_by_election(self.identifier) else name

    def ward_gss(self, listed: list[ListedBallot]) -> str:
        codes = {each.ward_gss: each.at for each in reversed(listed) if each.ward_gss}
        if len(codes) < 2:  # noqa: PLR2004 - two sources
            return next(iter(codes), "")
        one, other = [said(code, at) for code, at in codes.items()][:2]
        self._differ("codes of the ward differ", one, other, "no code is written", "ward_gss")
        return ""

    def seats(self, listed: list[ListedBallot]) -> int | None:
        numbers = {each.seats: each.at for each in reversed(listed) if each.seats}
        if len(numbers) > 1:
            one, other = [said(f"{number} seats", at) for number, at in numbers.items()][:2]
            written = "the larger number is written, so that nothing is called too soon"
            self._differ("numbers of seats differ", one, other, written, "seats_contested")
        return max((number for number in numbers if number is not None), default=None)

    def locked(self, nominations: list[ListedBallot]) -> bool | None:
        return next((each.locked for each in nominations if each.locked is not None), None)

    def candidates(self, nominations: list[ListedBallot]) -> tuple[Nominated, ...] | None:
        listed = [each for each in nominations if each.candidates]
        if not listed:
            return None
        listed.sort(key=lambda each: each.updated)
        last, first = listed[-1], listed[0]
        others = [each for each in listed if _people(each) != _people(last)]
        if others and not (first.updated and last.updated > others[-1].updated):
            one, other = others[-1], last
            self._differ(
                "nominations differ",
                said(f"{len(one.candidates or ())} candidates", one.at),
                said(f"{len(other.candidates or ())} candidates", other.at),
                "nominations are written as unknown; remove the older file",
                "nominations",
            )
            return None
        return last.candidates

    def status(
        self,
        listed: list[ListedBallot],
        candidates: tuple[Nominated, ...] | None,
        seats: int | None,
    ) -> str:
        """Returns `uncontested` or `countermanded` of a cancelled poll; blank if it is held."""
        cancelled = [each for each in listed if each.cancelled]
        if not cancelled:
            return ""
        held = [each for each in listed if not each.cancelled]
        if held:
            one, other = said("cancelled", cancelled[0].at), said("not cancelled", held[0].at)
            written = "it is written as a poll that is held"
            self._differ("only one source says cancelled", one, other, written, "status")
            return ""
        reason = next((each.cancellation for each in cancelled if each.cancellation), "")
        standing = len(candidates or ())
        if reason in {"equal", "under"} or (not reason and 0 < standing <= (seats or 0)):
            return self._uncontested(cancelled[0].at, standing, seats)
        later = next((each.replaced_by for each in cancelled if each.replaced_by), "")
        self._countermanded(cancelled[0].at, reason, later)
        return "countermanded"

    def _uncontested(self, at: Place, standing: int, seats: int | None) -> str:
        if not standing or standing > (seats or 0):
            self.todos.add(
                "cancelled",
                "uncontested, but who is elected is not known",
                f"{at} has {standing} candidates for {seats or 'unknown'} seats",
                f"{_CANDIDATES_SITE}{self.identifier}",
                council=self.council,
                ballot=self.identifier,
                settles="status",
            )
            return ""
        if standing < (seats or 0):
            self.todos.add(
                "cancelled",
                f"{(seats or 0) - standing} seats stay empty",
                f"{standing} candidates for {seats} seats: {at}",
                "the notice of uncontested election; say seats_vacant if nobody is co-opted",
                council=self.council,
                ballot=self.identifier,
                settles="status",
            )
        return "uncontested"

    def _countermanded(self, at: Place, reason: str, later: str) -> None:
        why = reason or "the reason is not given"
        self.todos.add(
            "cancelled",
            f"the poll is cancelled ({why}); it elects nobody on the day",
            f"{at}{f', replaced by {later}' if later else ', no new poll known'}",
            f"{_EVERY_ELECTION_SITE}{later or self.identifier}",
            council=self.council,
            ballot=self.identifier,
            settles="status",
        )


def _people(ballot: ListedBallot) -> frozenset[tuple[str, str, str]]:
    """Returns who stands, in whatever order and under whatever labels."""
    return frozenset(
        (each.candidate, each.party_id, "" if each.party_id else each.party)
        for each in ballot.candidates or ()
    )


def look_for_candidates(identifier: str) -> str:
    """Returns where a ballot's candidates can be found."""
    return f"{_CANDIDATES_SITE}{identifier} ({DEMOCRACY_CLUB}), or the council's notice of poll"


def look_for_seats(identifier: str) -> str:
    """Returns where a ballot's number of seats can be found."""
    return f"{_EVERY_ELECTION_SITE}{identifier} ({EVERY_ELECTION}), or the notice of election"
