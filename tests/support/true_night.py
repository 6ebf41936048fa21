"""True nights: who stood and who won, and all the ways in which that can be told."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from schemas.council import ElectoralSystem, Nominee, OpenedWard
from schemas.ward import Candidate, WardDeclared
from tests.support.polls import CON, COUNCIL, IND, LAB, LD, ballot

PARTIES = (CON, LAB, LD, IND)
NAMES = (
    "Ann Mary Able",
    "Bob O\u2019Brien",
    "C\u00e1it de B\u00farca",
    "David Smith-Jones",
    "Evan Ap Rhys",
    "Fay Zed Young",
)


@dataclass(frozen=True)
class TrueWard:
    """A ward as it was: who stood, their votes and the places of those elected, first to last."""

    name: str
    seats: int
    people: tuple[tuple[str, str], ...]
    votes: tuple[int, ...]
    elected: tuple[int, ...]
    turnout: int

    def opened(self, *, nominations: bool) -> OpenedWard:
        """Returns the ward as its council's opening lists it."""
        nominees = tuple(Nominee(candidate=name, party_id=party) for name, party in self.people)
        return OpenedWard(
            ballot_paper_id=ballot(self.name),
            ward=self.name.title(),
            seats_contested=self.seats,
            candidates=nominees if nominations else None,
        )

    def told(self, people: Sequence[Candidate], **more: Any) -> WardDeclared:
        """Returns a declaration of these people."""
        fields = {"candidates": tuple(people), "seats_contested": self.seats, **more}
        return WardDeclared(
            council=COUNCIL, ballot_paper_id=ballot(self.name), mode="rehearsal", **fields
        )

    def complete(self, *, votes: bool = True, marks: bool = True, **more: Any) -> WardDeclared:
        """Returns everybody with votes, marks or both."""
        return self.told(
            [
                self._person(place, votes=votes, elected=place in self.elected if marks else None)
                for place in range(len(self.people))
            ],
            **more,
        )

    def partial(self, number: int, *, votes: bool, others: bool, **more: Any) -> WardDeclared:
        """Returns the first so many of those elected; with the others as not elected, or alone."""
        so_far = self.elected[:number]
        rest = [place for place in range(len(self.people)) if place not in so_far]
        shown = [*so_far, *(rest if others else ())]
        return self.told(
            [self._person(each, votes=votes, elected=each in so_far) for each in shown], **more
        )

    def running(self, so_far: Sequence[int]) -> WardDeclared:
        """Returns a running count: everybody's votes so far, and nobody elected yet."""
        people = (
            replace(self._person(place, votes=True, elected=False), votes=number)
            for place, number in enumerate(so_far)
        )
        return self.told(list(people))

    def _person(self, place: int, *, votes: bool, elected: bool | None) -> Candidate:
        name, party = self.people[place]
        return Candidate(
            candidate=name,
            party_id=party,
            votes=self.votes[place] if votes else None,
            elected=elected,
        )


@st.composite
def true_wards(draw: st.DrawFn, name: str, system: ElectoralSystem = "plurality") -> TrueWard:
    """Draws a ward. Under plurality the most votes win, and ties go by lot."""
    seats = draw(st.integers(1, 3))
    people = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=6))
    parties = [draw(st.sampled_from(PARTIES)) for _ in people]
    votes = [draw(st.integers(0, 60)) for _ in people]
    order = draw(st.permutations(range(len(people))))
    if system != "stv":
        order = sorted(order, key=lambda place: -votes[place])
    return TrueWard(
        name,
        seats,
        tuple(zip(people, parties, strict=True)),
        tuple(votes),
        tuple(order[:seats]),
        draw(st.integers(0, 100)),
    )


def _initials(name: str) -> str:
    *first, last = name.split()
    return " ".join([*(f"{word[0]}." for word in first), last])


def _without_marks(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(each for each in decomposed if not unicodedata.combining(each))


SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    _initials,
    _without_marks,
    lambda name: name.replace("\u2019", "'").replace("-", " "),
    lambda name: f"Cllr {name}",
    lambda name: ", ".join([name.split()[-1], " ".join(name.split()[:-1])]),
    lambda name: f"{name.split()[0]} {name.split()[-1]}",
    lambda _: "",
)
"""How one name is written by different people; the last gives the party only."""


@st.composite
def retold(draw: st.DrawFn, event: WardDeclared) -> WardDeclared:
    """Draws the same result with its candidates in another order and spelt otherwise."""
    people = draw(st.permutations(event.candidates))
    spelt = [
        replace(each, candidate=draw(st.sampled_from(SPELLINGS))(each.candidate)) for each in people
    ]
    return event.model_copy(update={"candidates": tuple(spelt)})
