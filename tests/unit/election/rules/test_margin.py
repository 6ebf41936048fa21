from __future__ import annotations

import pytest

from election.rules.margin import (
    KNIFE_EDGE_VOTES,
    Margin,
    is_knife_edge,
    knife_edge,
    margin,
)
from election.rules.result import result
from schemas.council import ElectoralSystem
from schemas.ward import Candidate, WardDeclared
from tests.support.polls import CON, LAB, LD, Votes, declared


def found(event: WardDeclared, system: ElectoralSystem = "plurality") -> Margin | None:
    seen = result(event.candidates, event.seats_contested, system)
    return margin(event.candidates, seen, system)


def test_the_margin_is_between_the_last_elected_and_the_first_not_elected() -> None:
    """Childs Hill 2014: the third seat went by 9 votes."""
    event = declared("north", [(CON, 1544), (CON, 1500), (LD, 1509), (CON, 1536), (LAB, 1463)], 3)
    seen = found(event)

    assert seen is not None
    assert (seen.last_in.votes, seen.first_out.votes, seen.votes) == (1509, 1500, 9)


def test_a_loser_without_a_vote_is_the_first_not_elected() -> None:
    """No votes is a number like any other; of two equal losers the first listed counts."""
    seen = found(declared("north", [(CON, 9), (LAB, 0), (LD, 0)]))

    assert seen is not None
    assert (seen.votes, seen.first_out.candidate) == (9, "PP53 1")


@pytest.mark.parametrize(
    ("votes", "seats", "elected"),
    [
        ([(CON, 9), (LAB, 8)], 2, None),
        ([(CON, 9), (LAB, 9)], 1, None),
        ([(CON, 9), (LAB, None)], 1, [0]),
        ([(CON, 9), (LAB, 8)], 2, [0, 1]),
    ],
    ids=["no contest", "no result", "a vote not stated", "nobody beaten"],
)
def test_there_is_no_margin_without_a_contest_or_votes(
    votes: Votes, seats: int, elected: list[int] | None
) -> None:
    """There is nothing to measure if nobody was beaten, or votes are not known."""
    assert found(declared("north", votes, seats, elected=elected)) is None


def test_first_preferences_are_no_margin() -> None:
    """Under STV the difference of first preferences measures nothing."""
    assert found(declared("north", [(CON, 9), (LAB, 8)], elected=[0]), "stv") is None


def test_a_tie_settled_by_lot_is_a_margin_of_0() -> None:
    """The votes stay equal."""
    seen = found(declared("north", [(CON, 9), (LAB, 9)], elected=[1]))

    assert seen is not None
    assert seen.votes == 0


def test_a_tie_within_one_party_is_a_margin_of_0() -> None:
    """The last in and the first out are two of the tied candidates."""
    seen = found(declared("north", [(LAB, 10), (CON, 9), (CON, 9), (LD, 1)], 2))

    assert seen is not None
    assert (
        seen.votes,
        seen.last_in.candidate,
        seen.first_out.candidate,
    ) == (0, "PP52 1", "PP52 2")


def test_flags_that_contradict_the_votes_are_a_margin_of_0() -> None:
    """A margin is never negative."""
    seen = found(declared("north", [(CON, 9), (LAB, 12)], elected=[0]))

    assert seen is not None
    assert seen.votes == 0


@pytest.mark.parametrize(
    ("winner", "loser", "edge"),
    [(1_000, 975, True), (1_000, 974, False), (3_000, 2_970, True), (3_000, 2_969, False)],
)
def test_a_knife_edge_is_one_percent_or_25_votes(winner: int, loser: int, *, edge: bool) -> None:
    """At most 1% of the last winner's votes, or at most 25 votes, whichever is more."""
    seen = Margin(Candidate(candidate="In", votes=winner), Candidate(candidate="Out", votes=loser))

    assert KNIFE_EDGE_VOTES == 25
    assert edge == is_knife_edge(seen)


def test_a_ward_without_a_margin_is_no_knife_edge() -> None:
    """Nothing is known of how close it was."""
    assert not is_knife_edge(None)


def edge(votes: Votes, seats: int = 1, elected: list[int] | None = None) -> list[str]:
    """Returns who is on either side of a ward's knife edge; nobody if it is none."""
    event = declared("north", votes, seats, elected=elected)
    decided = result(event.candidates, seats, "plurality")
    close = knife_edge(found(event), event.candidates, decided)
    return [each.candidate for each in close or ()]


def test_a_knife_edge_is_between_two_parties() -> None:
    """The last elected against the first not elected."""
    assert edge([(CON, 500), (LAB, 490)]) == ["PP52 1", "PP53 1"]
    assert edge([(CON, 500), (LAB, 400)]) == []


@pytest.mark.parametrize(
    ("votes", "elected"),
    [
        ([(LAB, 500), (LAB, 499), (CON, 300)], None),
        ([(LAB, 500), (LAB, 500), (CON, 300)], [1]),
        ([(LAB, 500), (LAB, 500), (CON, 300)], None),
        ([(LAB, 500), (LAB, 499)], None),
    ],
    ids=["by a vote", "by lot", "before the lot", "no other party"],
)
def test_candidates_of_one_party_are_no_knife_edge(votes: Votes, elected: list[int] | None) -> None:
    """Rossmere 2021: whichever of the two Labour candidates has it, the seat is Labour's."""
    assert edge(votes, elected=elected) == []


@pytest.mark.parametrize(
    ("votes", "sides"),
    [
        ([(LAB, 500), (LAB, 499), (LAB, 498), (CON, 490)], ["PP53 2", "PP52 1"]),
        ([(CON, 505), (LAB, 500), (LAB, 499), (LD, 5)], ["PP52 1", "PP53 2"]),
        ([(CON, 505), (LAB, 500), (LAB, 499), (LD, 497)], ["PP53 1", "PP90 1"]),
        ([(CON, 600), (LAB, 500), (LAB, 499), (LD, 400)], []),
    ],
    ids=["a loser behind", "a winner ahead", "the closer of both", "neither is close"],
)
def test_behind_a_margin_within_a_party_the_next_between_parties_counts(
    votes: Votes, sides: list[str]
) -> None:
    """A seat can hang on few votes although the last two are of one party."""
    assert edge(votes, 2) == sides
