from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from election.declaration import Declaration
from election.fold import apply
from schemas.events import Event
from schemas.ward import Candidate, WardDeclared
from tests.support.polls import (
    CON,
    LAB,
    LD,
    as_a_whole,
    ballot,
    declared,
    folded,
    folded_with_alerts,
    opened,
    ward,
    won,
)

BALLOT = ballot("north")
TWO = opened(ward("north", 2, {CON: 2, LAB: 2}))
ONE = opened(ward("north", 1, {CON: 1, LAB: 1}))
FULL = declared("north", [(CON, 9), (CON, 8), (LAB, 7), (LAB, 6)], 2)
MARKED = declared("north", [(CON, 9), (CON, 8), (LAB, 7), (LAB, 6)], 2, elected=[0, 1])


def known(*events: Event, opening: Event = TWO) -> Declaration:
    """Returns what is known of the ward after events that are all taken."""
    found = folded(opening, *events).wards[BALLOT].declared
    assert found is not None
    return found


def is_repeat(again: Event, *before: Event) -> bool:
    """Returns whether an event changes nothing, and is no conflict either."""
    _, effects = apply(again, folded(*before))
    assert (effects.conflict, effects.contradiction) == (None, None)
    return not effects.changed


def is_conflict(event: Event, *before: Event) -> bool:
    """Returns whether an event is refused because it contradicts what is known."""
    council = folded(*before)
    after, effects = apply(event, council)
    return after is council and "is known with other content" in (effects.conflict or "")


def with_people(event: WardDeclared, *people: Candidate, **more: Any) -> WardDeclared:
    return event.model_copy(update={"candidates": people, **more})


def test_the_same_result_in_another_order_is_a_repeat() -> None:
    """Feeds list candidates in orders of their own."""
    assert is_repeat(with_people(FULL, *reversed(FULL.candidates), source="other"), TWO, FULL)


def test_the_same_result_in_other_spellings_is_a_repeat() -> None:
    """A name in capitals, or none where the figures tell who it is, is no other person."""
    first, *rest = FULL.candidates
    loud = replace(first, candidate=first.candidate.lower())
    blank = replace(first, candidate="")

    assert is_repeat(with_people(FULL, loud, *rest), TWO, FULL)
    assert is_repeat(with_people(FULL, blank, *rest), TWO, FULL)


def test_less_of_the_same_result_is_a_repeat() -> None:
    """Whoever is late with the winners says nothing new."""
    assert is_repeat(declared("north", [(CON, None), (CON, None)], 2, elected=[0, 1]), TWO, MARKED)
    assert is_repeat(declared("north", [(CON, None)], 2, elected=[0]), TWO, FULL)


@pytest.mark.parametrize(
    "other",
    [
        declared("north", [(CON, 9), (CON, 8), (LAB, 7), (LAB, 5)], 2),
        won("north", LAB, CON),
        FULL.model_copy(update={"turnout_percentage": 41.0}),
        FULL.model_copy(update={"seats_contested": 3, "casual_vacancies": 1}),
    ],
    ids=["votes", "winners", "turnout", "seats"],
)
def test_another_figure_of_the_same_revision_is_a_conflict(other: Event) -> None:
    """One of the two is wrong."""
    assert is_conflict(other, TWO, FULL.model_copy(update={"turnout_percentage": 40.0}))


def test_votes_that_follow_the_winners_complete_the_result() -> None:
    """Nothing was wrong, so nothing is corrected, whether or not the revision is a new one."""
    winners = won("north", CON, CON).model_copy(
        update={"candidates": tuple(replace(each, votes=None) for each in FULL.candidates[:2])}
    )
    winners = with_people(winners, *(replace(each, elected=True) for each in winners.candidates))
    for revision, correction in ((1, None), (2, None), (2, "transcription")):
        more = {"revision": revision, "correction": correction}
        found = known(winners, FULL.model_copy(update=more))
        assert [each.votes for each in found.candidates] == [9, 8, 7, 6]
        assert (found.revision, found.correction) == (revision, None)


def test_marks_and_turnout_that_follow_the_votes_complete_the_result() -> None:
    """Both are kept."""
    found = known(FULL, MARKED, FULL.model_copy(update={"num_turnout_reported": 40}))

    assert [each.elected for each in found.candidates] == [True, True, False, False]
    assert found.num_turnout_reported == 40


def test_the_last_seat_completes_a_ward_that_was_declared_in_part() -> None:
    """Not elected meant not elected yet."""
    part = declared("north", [(CON, None), (LAB, None)], 2, elected=[0])
    both = declared("north", [(CON, None), (LAB, None)], 2, elected=[0, 1])
    council = folded(TWO, part)

    assert council.wards[BALLOT].stage == "partial"
    for event in (both, both.model_copy(update={"revision": 2})):
        after, effects = apply(event, council)
        assert effects.conflict is None
        assert after.wards[BALLOT].stage == "declared"
        completed = after.wards[BALLOT].declared
        assert completed is not None
        assert completed.correction is None
    assert is_conflict(won("north", LAB, LAB), TWO, both)


def test_votes_for_everybody_complete_a_ward_that_was_declared_in_part() -> None:
    """They fill the seats that the marks left open."""
    part = declared("north", [(CON, None), (CON, None)], 2, elected=[0])
    council = folded(TWO, part, FULL)

    assert council.wards[BALLOT].stage == "declared"
    assert council.count is not None
    assert council.count.held[CON] == 2


def test_votes_that_give_the_seat_to_another_do_not_complete_it() -> None:
    """Votes and marks of one revision that differ are a conflict."""
    part = declared("north", [(LAB, None)], 2, elected=[0])

    assert is_conflict(FULL, TWO, part)


def test_a_party_alone_is_completed_by_whoever_has_the_most_votes_of_it() -> None:
    """A blank name is anybody of the party, whatever the order of the names."""
    blank = Candidate(candidate="", party_id=CON, elected=True)
    first = with_people(won("north", CON, CON), blank, blank)
    found = known(first, with_people(FULL, *reversed(FULL.candidates)))

    assert {(each.candidate, each.votes) for each in found.candidates if each.elected} == {
        ("PP52 1", 9),
        ("PP52 2", 8),
    }


def test_namesakes_of_one_party_are_told_apart_by_their_figures() -> None:
    """Two people of one name are no contradiction."""
    first, second, *rest = FULL.candidates
    twins = with_people(FULL, first, replace(second, candidate=first.candidate), *rest)
    opening = opened(ward("north", 2))

    assert is_repeat(with_people(twins, *reversed(twins.candidates)), opening, twins)


def test_two_lists_each_with_somebody_of_its_own_do_not_agree() -> None:
    """One person may be in both under names that nobody can match."""
    opening = opened(ward("north", 2))
    first = declared("north", [(CON, None)], 2, elected=[0])
    other = declared("north", [(LAB, None)], 2, elected=[0])

    assert is_conflict(other, opening, first)


def test_more_elected_than_there_are_seats_do_not_agree() -> None:
    """Each alone is possible, both are not."""
    people = [(party, None) for party in (CON, LAB, LD, "PP1")]
    opening = opened(ward("north", 3))
    first = declared("north", people, 3, elected=[0, 1])
    other = declared("north", people, 3, elected=[2, 3])

    assert is_conflict(other, opening, first)


def test_a_running_count_and_a_list_that_is_not_complete_are_no_result_together() -> None:
    """Votes decide only if one message has all of them as its result."""
    running = declared("north", [(CON, 1), (LAB, 0)], elected=[])
    typed = declared("north", [(CON, 1)])
    council = folded(running, typed, ONE)

    assert council.wards[BALLOT].result is None


@pytest.mark.parametrize(
    "running",
    [
        declared("north", [(CON, 1), (CON, 2), (LAB, 3), (LAB, 4)], 2, elected=[]),
        declared("north", [(CON, 0), (CON, 0), (LAB, 0), (LAB, 0)], 2),
        declared("north", [(CON, 5), (CON, 2), (LAB, None), (LAB, None)], 2),
    ],
    ids=["nobody elected", "all 0", "half typed"],
)
def test_what_is_no_result_yet_is_no_obstacle_to_one(running: Event) -> None:
    """A running count has other figures than the result, and the same revision."""
    council = folded(TWO, running)
    assert council.wards[BALLOT].stage == "waiting"

    council = folded(TWO, running, FULL)
    assert council.wards[BALLOT].stage == "declared"
    assert known(running, FULL).correction is None
    assert is_conflict(running, TWO, FULL) or is_repeat(running, TWO, FULL)


@pytest.mark.parametrize(
    "changed",
    [
        declared("north", [(CON, 9), (CON, 8), (LAB, 7), (LAB, 5)], 2, revision=2),
        declared("north", [(CON, 9), (LAB, 9), (LAB, 7), (CON, 6)], 2, revision=2),
        declared("north", [(CON, 9), (CON, 8)], 2, elected=[0, 1], revision=2),
        declared("north", [(CON, None)], 2, elected=[0], revision=2),
        declared("north", [(CON, None)], 2, revision=2),
    ],
    ids=["a figure", "a winner", "votes left out", "a seat left out", "cleared"],
)
def test_a_higher_revision_that_changes_or_leaves_out_anything_is_a_correction(
    changed: WardDeclared,
) -> None:
    """It is told as one, whether or not the sender says so."""
    unsaid = changed.model_copy(update={"correction": None})
    court = changed.model_copy(update={"correction": "court"})

    assert known(MARKED, unsaid).correction == "transcription"
    assert known(MARKED, court).correction == "court"


def test_what_completes_a_corrected_result_leaves_it_corrected() -> None:
    """The reader of the first result should still learn that it was wrong."""
    wrong = declared("north", [(CON, 9), (CON, 5), (LAB, 7), (LAB, 6)], 2)
    right = FULL.model_copy(update={"revision": 2, "correction": "transcription"})
    marked = MARKED.model_copy(update={"revision": 3, "num_turnout_reported": 40})

    assert known(wrong, right, marked).correction == "transcription"


def test_alerts_of_two_messages_of_one_revision_have_ids_of_their_own() -> None:
    """What a completion raises is not taken for what the first message raised."""
    wards = [ward(name, 2, {CON: 2, LAB: 2}) for name in ("north", "south")]
    part = declared("north", [(CON, None)], 2, elected=[0])
    south = won("south", CON, CON)
    back = won("south", LAB, LAB, revision=2)
    again = won("south", CON, CON, revision=3)
    whole = won("north", CON, CON).model_copy(update={"revision": 1})
    events: list[Event] = [opened(*wards), part, south, back, whole, again]
    ids = []
    for number in range(1, len(events) + 1):
        ids += [alert.id for alert in folded_with_alerts(*events[:number])[1]]

    assert len(set(ids)) == len(ids)


def test_the_score_of_a_council_in_another_order_is_a_repeat() -> None:
    """Parties without a seat make no difference."""
    opening = opened(total=5)

    assert is_repeat(as_a_whole({LAB: 2, CON: 3, LD: 0}), opening, as_a_whole({CON: 3, LAB: 2}))
    assert is_conflict(as_a_whole({CON: 2, LAB: 3}), opening, as_a_whole({CON: 3, LAB: 2}))


def test_a_score_that_is_said_to_be_final_completes_the_running_score() -> None:
    """The same seats, and nothing more to come; the other way round it is a repeat."""
    opening = opened(total=5, seats_vacant=None)
    running, final = as_a_whole({CON: 2, LAB: 2}), as_a_whole({CON: 2, LAB: 2}, final=True)
    council = folded(opening, running, final)

    assert council.count is not None
    assert council.count.control == "NOC"
    assert is_repeat(running, opening, final)


def test_a_later_score_need_not_say_that_it_corrects_anything() -> None:
    """Scores grow."""
    opening = opened(total=5, seats_vacant=None)
    council = folded(
        opening, as_a_whole({CON: 1}), as_a_whole({CON: 3, LAB: 2}, 2, correction=None)
    )

    assert council.count is not None
    assert council.count.control == CON
