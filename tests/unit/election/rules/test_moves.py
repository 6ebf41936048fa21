from __future__ import annotations

from election.rules.moves import moves
from election.rules.result import result
from election.rules.votes_to_flip import seat_costs
from tests.support.polls import CON, LAB, LD, Votes, declared


def sides(votes: Votes, party: str, seats: int = 1, lost: int = 1) -> tuple[list[str], list[str]]:
    """Returns from whom to whom the fewest voters would have moved."""
    event = declared("north", votes, seats)
    decided = result(event.candidates, seats, "plurality")
    assert decided is not None
    voters = seat_costs(event.candidates, decided, "plurality", party, lost)[lost - 1]
    assert voters is not None
    moved = moves(event.candidates, decided, party, lost, voters)
    return [each.candidate for each in moved.losers], [each.candidate for each in moved.gainers]


def test_one_seat_goes_to_the_runner_up() -> None:
    """Hartley 2021: one voter from the Conservative to Labour."""
    assert sides([(CON, 869), (LAB, 868), (LD, 30)], CON) == (["PP52 1"], ["PP53 1"])


def test_whoever_keeps_a_seat_neither_gains_nor_loses() -> None:
    """Childs Hill 2014: 38 voters from Zinkin to Smith, who stands above Grover then."""
    votes = [(CON, 1544), (CON, 1536), (LD, 1509), (CON, 1500), (LAB, 1463), (LAB, 1408)]

    assert sides(votes, CON, 3) == (["PP52 2"], ["PP53 1"])


def test_several_must_fall_if_the_party_has_more_candidates() -> None:
    """Otherwise its next candidate would take the seat."""
    assert sides([(CON, 100), (CON, 95), (LAB, 60)], CON) == (["PP52 1", "PP52 2"], ["PP53 1"])


def test_several_must_rise_if_several_seats_are_lost() -> None:
    """Both of the others must end above the party."""
    votes = [(CON, 100), (CON, 90), (LAB, 60), (LD, 50)]

    assert sides(votes, CON, 2, lost=2) == (["PP52 1", "PP52 2"], ["PP53 1", "PP90 1"])


def test_a_lot_that_fell_the_other_way_needs_one_voter() -> None:
    """Both are level, so either side alone would have to move; both are named."""
    event = declared("north", [(CON, 9), (LAB, 9)], elected=[0])
    decided = result(event.candidates, 1, "plurality")
    assert decided is not None
    moved = moves(event.candidates, decided, CON, 1, 1)

    assert [each.candidate for each in (*moved.losers, *moved.gainers)] == ["PP52 1", "PP53 1"]
