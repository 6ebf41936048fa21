"""Shares of a ward's vote, and the swing between two parties."""

from __future__ import annotations

from fractions import Fraction

import pytest

from election.rules.shares import shares, swing, votes_by_party
from schemas.council import ElectoralSystem
from schemas.ward import Candidate
from tests.support.polls import CON, IND, LAB, LD


def stood(*votes: tuple[str, int | None]) -> list[Candidate]:
    return [
        Candidate(candidate=f"{party} {place}", party_id=party, votes=number)
        for place, (party, number) in enumerate(votes)
    ]


def percent(**of: int) -> dict[str, Fraction]:
    return {name: Fraction(share) for name, share in of.items()}


@pytest.mark.parametrize(
    ("seats", "system", "expected"),
    [
        (3, "plurality", {CON: 1_000, LAB: 900, IND: 400}),
        (1, "plurality", {CON: 1_500, LAB: 900, IND: 700}),
        (3, "stv", {CON: 1_500, LAB: 900, IND: 700}),
    ],
)
def test_the_best_placed_candidate_stands_for_a_party_where_voters_have_several_votes(
    seats: int, system: ElectoralSystem, expected: dict[str, int]
) -> None:
    """Where they have one vote, or one first preference, all of a party's are added up."""
    people = stood((CON, 500), (CON, 1_000), (LAB, 900), (IND, 300), (IND, 400))

    assert votes_by_party(people, seats, system) == expected


def test_labour_and_co_operative_candidates_are_of_one_party() -> None:
    """As their seats are."""
    people = stood((LAB, 900), ("joint-party:53-119", 950))

    assert votes_by_party(people, 2, "plurality") == {LAB: 950}


def test_there_are_no_shares_unless_everybodys_votes_are_stated() -> None:
    """Nor where there are none."""
    assert votes_by_party(stood((CON, 500), (LAB, None)), 1, "plurality") is None
    assert shares({CON: 0, LAB: 0}) == {}


def test_the_published_example_of_a_butler_swing() -> None:
    """Conservatives 35 to 45, Labour 45 to 40: 7.5 points; Steed's swing would be 9.2."""
    found = swing(percent(con=45, lab=40, ld=15), percent(con=35, lab=45, ld=20))

    assert found == (Fraction(15, 2), "lab", "con")


def test_a_swing_is_towards_the_second_party_if_that_rose_more() -> None:
    """The one with the most votes now may have lost most of them."""
    found = swing(percent(con=50, lab=45, ld=5), percent(con=70, lab=20, ld=10))

    assert found == (Fraction(45, 2), "con", "lab")


@pytest.mark.parametrize(
    "earlier", [percent(con=60, ld=40), percent(lab=60, ld=40), percent(ld=100), {}]
)
def test_there_is_no_swing_unless_both_leading_parties_stood_before(
    earlier: dict[str, Fraction],
) -> None:
    """Another party that stood both times is no substitute."""
    assert swing(percent(con=45, lab=40, ld=15), earlier) is None


def test_there_is_no_swing_with_one_party() -> None:
    """Nobody stood against it."""
    assert swing(percent(con=100), percent(con=55, ld=45)) is None


def test_shares_are_of_the_sum_of_the_parties() -> None:
    """Exact, as later figures follow from them."""
    assert shares({CON: 1_000, LAB: 900, LD: 100}) == {CON: 50, LAB: 45, LD: 5}
