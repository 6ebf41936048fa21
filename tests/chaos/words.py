"""Words: what is said of one ballot, true or not, with figures of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from schemas.council import Nominee
from schemas.ward import Candidate, WardDeclared
from tests.slips.kinds import KINDS, Place, as_on_the_ballot

VOTES_FROM, VOTES_OF_A_BALLOT = 12_000, 450
"""Votes of a council's first ballot, and how many numbers each ballot has for itself.

No two results of a council that differ have a figure in common, but for slips. What follows from
these figures, such as majorities and the votes that would have changed a result, is far below
10,000, and sums of votes are far above all of them. So a figure that is seen somewhere was said in
a result, and in which."""

FIGURE_MIN = 10_000
"""The smallest number that a slip makes of a figure: a first digit is never 0."""


@dataclass(slots=True)
class Ballot:
    """A ballot, its nominees, who speaks of it, and what was said so far.

    `free` are the numbers that nobody has had yet as votes.
    """

    council: str
    id: str
    ward: str
    seats: int
    nominees: tuple[Nominee, ...]
    sources: tuple[str, ...]
    free: list[int]
    said: list[WardDeclared] = field(default_factory=list)
    revisions: Counter[str] = field(default_factory=Counter)
    truth: WardDeclared | None = None


def numbers(place: int, chance: Random) -> list[int]:
    """Returns the numbers that the ballot at a place of its council has, in an order of chance."""
    first = VOTES_FROM + place * VOTES_OF_A_BALLOT
    return chance.sample(range(first, first + VOTES_OF_A_BALLOT), VOTES_OF_A_BALLOT)


def fresh(ballot: Ballot, winner: str, chance: Random) -> WardDeclared:
    """Returns a result with figures that nobody has said, in which a party wins every seat.

    Half of them say who is elected.
    """
    votes = sorted((ballot.free.pop() for _ in ballot.nominees), reverse=True)
    first = [each for each in ballot.nominees if each.party_id == winner]
    others = [each for each in ballot.nominees if each.party_id != winner]
    marked = chance.random() < 0.5
    people = tuple(
        Candidate(
            candidate=each.candidate,
            party=each.party,
            party_id=each.party_id,
            votes=number,
            elected=rank < ballot.seats if marked else None,
        )
        for rank, (each, number) in enumerate(zip((*first, *others), votes, strict=True))
    )
    return as_on_the_ballot(
        WardDeclared(
            council=ballot.council,
            ballot_paper_id=ballot.id,
            mode="rehearsal",
            source="chaos",
            seats_contested=ballot.seats,
            candidates=people,
        )
    )


def slip(true: WardDeclared, others: Sequence[WardDeclared], chance: Random) -> WardDeclared | None:
    """Returns a slip of any of the eight kinds in a true result; None if there is no room for it.

    `others` are the true results of the council's other ballots.
    """
    waiting = [each for each in others if chance.random() < 0.5]
    maker = KINDS[chance.choice(sorted(KINDS))]
    return maker(Place(true, others, waiting), chance)


def partly(true: WardDeclared) -> WardDeclared:
    """Returns that somebody is elected, and no more."""
    best = max(true.candidates, key=lambda each: each.votes or 0)
    return _with(true, (replace(best, votes=None, elected=True),))


def fuller(true: WardDeclared, chance: Random) -> WardDeclared:
    """Returns a true result with the ballot papers, and in another order."""
    votes = sum(each.votes or 0 for each in true.candidates)
    spoilt = chance.randint(1, 14)
    ballots = votes // true.seats_contested + spoilt
    given = {"num_spoilt_ballots": spoilt, "num_turnout_reported": ballots}
    people = chance.sample(true.candidates, len(true.candidates))
    return _with(true, tuple(people)).model_copy(update=given)


def withdrawn(true: WardDeclared) -> WardDeclared:
    """Returns the same people without votes and marks, by which a source takes its word back."""
    return _with(true, tuple(replace(each, votes=None, elected=None) for each in true.candidates))


def impossible(said: WardDeclared, chance: Random) -> WardDeclared:
    """Returns a result made one that cannot be right, whoever says it."""
    people = said.candidates
    match chance.randrange(3):
        case 0:
            return _with(said, (replace(people[0], candidate="Nobody Nominated"), *people[1:]))
        case 1:
            return said.model_copy(update={"seats_contested": said.seats_contested + 1})
        case _:
            last = min(people, key=lambda each: each.votes or 0)
            marks = tuple(replace(each, elected=each is last) for each in people)
            return _with(said, marks)


def _with(event: WardDeclared, people: tuple[Candidate, ...]) -> WardDeclared:
    return event.model_copy(update={"candidates": people})
