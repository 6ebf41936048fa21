from __future__ import annotations

import pytest

from election.rules.result import result
from election.rules.votes_to_flip import cheapest_choice, seat_costs, votes_to_flip
from schemas.ward import WardDeclared
from tests.support.polls import CON, LAB, LD, Votes, counted, declared, opened, ward, won

CHILDS_HILL: Votes = [
    (CON, 1544),
    (CON, 1536),
    (LD, 1509),
    (CON, 1500),
    (LAB, 1463),
    (LAB, 1408),
    (LAB, 1381),
    (LD, 1222),
    (LD, 1198),
    ("PP63", 501),
]


def costs(event: WardDeclared, party: str) -> tuple[int | None, ...]:
    found = result(event.candidates, event.seats_contested, "plurality")
    return seat_costs(event.candidates, found, "plurality", party, event.seats_contested)


def test_38_voters_would_have_cost_the_conservatives_a_seat_in_childs_hill() -> None:
    """Childs Hill 2014: Zinkin 1536 to Smith 1463; at 37 Smith ties with Grover on 1500."""
    assert costs(declared("childs-hill", CHILDS_HILL, 3), CON)[0] == 38


def test_5_voters_would_have_cost_the_liberal_democrats_theirs() -> None:
    """Cohen 1509 to Grover 1500: with 5 moved it is 1504 to 1505."""
    assert costs(declared("childs-hill", CHILDS_HILL, 3), LD) == (5,)


def test_moving_all_from_one_candidate_to_one_challenger_is_not_enough() -> None:
    """With 41 moved from 90 to 10 the party's third, on 80, takes the seat instead."""
    assert votes_to_flip([100, 90, 80], [95, 10], seats=3, held=2, lost=1) == 51


def test_to_flip_is_to_win_strictly_without_a_lot() -> None:
    """If they are two votes apart, one voter makes a tie and two make a win."""
    assert votes_to_flip([12], [10], seats=1, held=1, lost=1) == 2
    assert votes_to_flip([11], [10], seats=1, held=1, lost=1) == 1
    assert votes_to_flip([10], [10], seats=1, held=1, lost=1) == 1


def test_too_few_others_cannot_take_a_seat() -> None:
    """A seat cannot be lost if nobody is left to take it."""
    assert votes_to_flip([9, 8], [5], seats=2, held=2, lost=2) is None
    assert votes_to_flip([9, 8], [], seats=2, held=2, lost=1) is None


def test_a_party_cannot_lose_more_votes_than_it_has() -> None:
    """Others gain only votes that the party loses."""
    assert votes_to_flip([1, 1], [0, 0, 0], seats=2, held=2, lost=2) == 2
    assert votes_to_flip([0, 0], [0, 0], seats=2, held=2, lost=1) is None


def test_nothing_to_flip_is_computed_without_votes_or_result() -> None:
    """Wards without votes and ties without the lot have no votes to flip."""
    assert costs(declared("north", [(CON, None), (LAB, None)], elected=[0]), CON) == ()
    assert costs(declared("north", [(CON, 9), (LAB, 9)]), CON) == ()


def test_a_party_that_won_nothing_has_nothing_to_lose() -> None:
    """Votes to flip are those of seats held."""
    assert costs(declared("north", [(CON, 9), (LAB, 8)]), LAB) == ()


def test_an_uncontested_seat_cannot_be_flipped() -> None:
    """If all who stood were elected, nobody is left to take a seat."""
    event = declared("north", [(CON, 9), (LAB, 8)], 2)

    assert (costs(event, CON), costs(event, LAB)) == ((None,), (None,))


def test_stv_seats_have_no_votes_to_flip() -> None:
    """First preferences do not say how many would have changed a seat."""
    event = declared("north", [(CON, 9), (LAB, 8)], elected=[0])

    assert seat_costs(event.candidates, result(event.candidates, 1, "stv"), "stv", CON, 1) == ()


def voters_of(wards: list[list[int | None]], lost: int) -> float | None:
    """Returns the voters of the cheapest choice of wards."""
    choice = cheapest_choice(wards, lost)
    return choice and choice.voters


def test_the_council_flips_at_the_cheapest_wards() -> None:
    """Three seats are lost more cheaply in two wards than in three."""
    assert voters_of([[5], [4, 7], [20], [6, None]], 3) == 12
    assert voters_of([[5], [4, 10], [9]], 3) == 15


def test_a_ward_may_lose_more_than_is_needed() -> None:
    """Losing two seats at once can be the cheapest way to lose one."""
    assert voters_of([[None, 3], [4]], 1) == 3


def test_votes_to_flip_go_up_to_what_the_schemas_allow() -> None:
    """Ten million voters can be stated, one more cannot."""
    assert voters_of([[10_000_000]], 1) == 10_000_000
    assert voters_of([[10_000_000], [1]], 2) is None
    assert votes_to_flip([10_000_000] * 3, [0], seats=1, held=1, lost=1) == 7_500_001


def test_a_majority_that_cannot_be_lost_has_no_votes_to_flip() -> None:
    """Too few declared seats, or none that anyone could take."""
    assert voters_of([], 1) is None
    assert voters_of([[None], [3]], 2) is None
    assert voters_of([[3], [4]], 2) == 7


@pytest.mark.parametrize(("extra", "voters"), [(0, 51), (1, 102)])
def test_all_seats_beyond_one_short_of_a_majority_must_be_lost(extra: int, voters: int) -> None:
    """A majority of one falls with one seat, a majority of two with two."""
    names = [f"w{number}" for number in range(3 + extra * 2)]
    held = len(names) // 2 + 1 + extra
    wards = [ward(name, 1, {CON: 1, LAB: 1}) for name in names]
    results = [
        declared(name, [(CON, 200), (LAB, 100)] if place < held else [(LAB, 9), (CON, 1)])
        for place, name in enumerate(names)
    ]

    assert voters == counted(opened(*wards), *results).votes_to_flip


def test_nothing_flips_while_nobody_controls() -> None:
    """Undetermined and NOC councils have no majority to lose."""
    two = [ward("north", 1, {CON: 1, LAB: 1}), ward("south", 1, {CON: 1, LAB: 1})]

    assert counted(opened(*two), won("north", CON)).votes_to_flip is None
    assert counted(opened(*two), won("north", CON), won("south", LAB)).votes_to_flip is None


def test_a_majority_that_is_certain_but_not_yet_held_cannot_be_lost() -> None:
    """Seats that nominations force in an open ward are certain, but nobody has voted there."""
    count = counted(opened(ward("north", 2, {CON: 2}), ward("south", 1, {CON: 1, LAB: 1})))

    assert (count.control, count.votes_to_flip) == (CON, None)


def test_candidates_without_votes_need_one_each_to_stand_above_another() -> None:
    """Two who have none must both rise above one who has none, without a lot between them."""
    assert votes_to_flip([5, 0], [0, 0], seats=3, held=2, lost=1) == 2


def test_the_level_is_the_one_at_which_fewest_votes_move() -> None:
    """One level lower the party gives one vote less than the others would take higher up."""
    assert votes_to_flip([1, 1, 1], [0, 0], seats=2, held=1, lost=1) == 3
