from __future__ import annotations

from dataclasses import replace

from election.rules.result import Result, is_tied, result
from schemas.council import ElectoralSystem
from schemas.ward import Candidate, WardDeclared
from tests.support.polls import CON, IND, LAB, LD, Votes, declared


def found(event: WardDeclared, system: ElectoralSystem = "plurality") -> Result | None:
    return result(event.candidates, event.seats_contested, system)


def tied(event: WardDeclared, system: ElectoralSystem = "plurality") -> bool:
    undecided = found(event, system) is None
    return undecided and is_tied(event.candidates, event.seats_contested, system)


def with_lot(event: WardDeclared, *places: int) -> WardDeclared:
    candidates = tuple(
        replace(each, tied_vote_winner=place in places)
        for place, each in enumerate(event.candidates)
    )
    return event.model_copy(update={"candidates": candidates})


def test_flags_decide_if_any_candidate_is_flagged_as_elected() -> None:
    """The returning officer's word takes precedence over the votes."""
    event = declared("north", [(CON, 100), (LAB, 90)], elected=[1])

    assert Result((False, True), {LAB: 1}) == found(event)


def test_flags_may_leave_seats_vacant() -> None:
    """If fewer are flagged than there are seats, the other seats are vacant."""
    event = declared("north", [(CON, 100), (LAB, 90), (LD, 80)], seats=2, elected=[0])

    assert Result((True, False, False), {CON: 1}) == found(event)


def test_the_most_votes_decide_if_nobody_is_flagged() -> None:
    """Without a flag on anybody, as many as there are seats are elected, most votes first."""
    event = declared("north", [(LD, 80), (CON, 100), (LAB, 90)], seats=2)

    assert Result((False, True, True), {CON: 1, LAB: 1}) == found(event)


def test_votes_of_people_who_are_all_flagged_as_not_elected_are_no_result_yet() -> None:
    """So a ward looks that is still being counted; nor is there a tie."""
    event = declared("north", [(LD, 80), (CON, 100), (LAB, 90)], seats=2, elected=[])
    level = declared("north", [(LD, 80), (CON, 80)], elected=[])
    within = declared("north", [(CON, 80), (CON, 80)], elected=[])

    assert (found(event), tied(event)) == (None, False)
    assert (found(within), tied(within)) == (None, False)
    assert (found(level), tied(level)) == (None, False)


def test_votes_elect_nobody_who_is_flagged_as_not_elected() -> None:
    """Either is wrong, or it is not the end of the count; losers may be flagged."""
    event = declared("north", [(CON, 100), (LAB, 90)])
    first, second = event.candidates
    against = event.model_copy(update={"candidates": (replace(first, elected=False), second)})
    with_it = event.model_copy(update={"candidates": (first, replace(second, elected=False))})

    assert (found(against), tied(against)) == (None, False)
    assert found(with_it) == Result((True, False), {CON: 1})


def test_votes_that_are_all_0_are_none() -> None:
    """So a form looks before anybody has filled it in; nor is there a tie."""
    event = declared("north", [(CON, 0), (LAB, 0)])
    alone = declared("north", [(CON, 0)])

    assert (found(event), tied(event)) == (None, False)
    assert found(alone) is None


def test_a_tie_below_the_last_seat_is_a_result() -> None:
    """Losers may be level."""
    assert found(declared("north", [(CON, 100), (LAB, 90), (LD, 90)])) == Result(
        (True, False, False), {CON: 1}
    )


def test_a_tie_above_the_last_seat_is_a_result() -> None:
    """Winners may be level if there is a seat for each."""
    event = declared("north", [(CON, 90), (LAB, 90), (LD, 80)], seats=2)

    assert Result((True, True, False), {CON: 1, LAB: 1}) == found(event)


def test_a_tie_for_the_last_seat_is_no_result() -> None:
    """Until the lot is drawn nobody has the seat."""
    event = declared("north", [(CON, 90), (LAB, 90)])

    assert found(event) is None
    assert tied(event)


def test_a_tie_is_settled_by_lot() -> None:
    """The votes stay equal and the winner of the lot has the seat."""
    event = with_lot(declared("north", [(LD, 95), (CON, 90), (LAB, 90)], seats=2), 2)

    assert Result((True, False, True), {LD: 1, LAB: 1}) == found(event)
    assert not tied(event)


def test_a_lot_for_two_of_three_tied_names_two_winners() -> None:
    """If lots are drawn for more than one seat, every winner is marked."""
    event = declared("north", [(LD, 90), (CON, 90), (LAB, 90)], seats=2)

    assert found(with_lot(event, 0)) is None
    assert Result((True, False, True), {LD: 1, LAB: 1}) == found(with_lot(event, 0, 2))


def test_a_lot_mark_on_someone_who_is_not_tied_is_ignored() -> None:
    """A mark counts only for candidates tied for the last seat."""
    assert found(with_lot(declared("north", [(CON, 99), (LD, 90), (LAB, 90)], seats=2), 0)) is None


def test_a_tie_within_one_party_gives_the_party_its_seats() -> None:
    """If all the tied are of one party, the seat is certain, but not who takes it."""
    event = declared("north", [(LAB, 99), (CON, 90), (CON, 90), (CON, 90)], seats=3)

    assert Result((True, None, None, None), {LAB: 1, CON: 2}) == found(event)
    assert not tied(event)


def test_a_tie_between_joint_and_labour_candidates_is_within_one_party() -> None:
    """Joint candidates count as Labour."""
    event = declared("north", [("joint-party:53-119", 90), (LAB, 90)])

    assert Result((None, None), {LAB: 1}) == found(event)


def test_a_ward_without_votes_or_flags_has_no_result() -> None:
    """A list of names does not say who won, however short it is."""
    event = declared("north", [(CON, None), (LAB, None)], seats=2)

    assert found(event) is None
    assert not tied(event)


def test_a_vote_that_is_not_stated_leaves_the_order_open() -> None:
    """If one candidate's votes are missing, nobody can be ranked, so flags are needed."""
    event = declared("north", [(CON, 90), (LAB, None)])

    assert found(event) is None
    assert not tied(event)


def test_no_more_candidates_than_seats_are_all_elected() -> None:
    """An under-contested ward elects all who stand, and the other seats are vacant."""
    event = declared("north", [(CON, 90), (IND, None)], seats=3)

    assert Result((True, True), {CON: 1, IND: 1}) == found(event)


def test_as_many_candidates_as_seats_need_no_ranking() -> None:
    """All are elected, though the votes of one are not stated."""
    event = declared("north", [(CON, 90), (IND, None)], seats=2)

    assert found(event) == Result((True, True), {CON: 1, IND: 1})


def test_stv_needs_flags() -> None:
    """Under STV the seats go by transfers: first preferences elect nobody."""
    votes: Votes = [(LAB, 90), (CON, 90), (LD, 80)]

    assert found(declared("north", votes, seats=2), "stv") is None
    assert not tied(declared("north", votes, seats=1), "stv")
    assert Result((True, False, True), {LAB: 1, LD: 1}) == found(
        declared("north", votes, seats=2, elected=[0, 2]), "stv"
    )


def test_candidates_without_any_description_are_independents() -> None:
    """A ballot paper may have a name with nothing beside it."""
    nobody = Candidate(candidate="A name", votes=1)

    assert Result((True,), {IND: 1}) == result([nobody], 1, "plurality")


def test_a_candidate_without_votes_is_no_winner_of_a_tie_within_a_party() -> None:
    """Two candidates with one vote each tie; one without votes does not."""
    event = declared("north", [(CON, 1), (CON, 1), (LAB, 0)])

    assert found(event) == Result((None, None, False), {CON: 1})
