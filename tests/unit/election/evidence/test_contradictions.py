from __future__ import annotations

from dataclasses import replace

import pytest

from election.council import Council
from election.fold import apply
from election.snapshot import dump, load
from election.totals import council_totals
from schemas.council import ElectoralSystem
from schemas.events import Event
from schemas.ward import WardDeclared
from tests.support.polls import (
    CON,
    LAB,
    LD,
    Votes,
    as_a_whole,
    ballot,
    declared,
    folded,
    noticed,
    opened,
    ward,
    won,
)

TWO = ward("north", 2, {CON: 2, LAB: 2})
ONE = ward("south", 1, {CON: 1, LAB: 1})
BALLOT = ballot("north")


def held(event: Event, *before: Event) -> str:
    """Returns what cannot be right of an event; asserts that it changes nothing."""
    council = folded(*before)
    after, effects = apply(event, council)
    assert after is council
    assert not effects.changed
    assert effects.alerts == ()
    assert effects.contradiction is not None, effects
    return effects.contradiction


def counts(event: Event, *before: Event) -> Council:
    """Returns the council after an event that counts."""
    council, effects = apply(event, folded(*before))
    assert (effects.contradiction, effects.conflict, effects.parked) == (None, None, "")
    assert effects.changed
    return council


def renamed(event: WardDeclared, *names: str) -> WardDeclared:
    people = [
        replace(each, candidate=name) for each, name in zip(event.candidates, names, strict=True)
    ]
    return event.model_copy(update={"candidates": tuple(people)})


def test_somebody_who_was_not_nominated_cannot_be_declared() -> None:
    """The message names them, and who was nominated for the same party."""
    event = renamed(declared("south", [(CON, 9), (LAB, 5)]), "PP52 1", "Donald Duck")

    assert held(event, opened(ONE)) == (
        f"candidates: Donald Duck (PP53) not among those nominated in {ballot('south')};"
        " nominated for the same party: PP53 1 (PP53); correct the name or the party, or open the"
        " council again with the right nominations"
    )


def test_a_party_that_nobody_was_nominated_for_cannot_be_declared() -> None:
    """Only the first few are named."""
    five = declared("north", [(f"PP{number}", 9) for number in range(1, 6)], 2)
    wrong = held(five, opened(TWO))

    assert wrong.startswith("candidates: PP1 1 (PP1), PP2 1 (PP2), PP3 1 (PP3) and 2 more not")
    assert "nominated for the same party" not in wrong
    assert "candidates: somebody (PP1) not" in held(
        renamed(declared("south", [("PP1", 9)], elected=[0]), ""), opened(ONE)
    )


def test_a_nominee_spelt_otherwise_is_that_nominee() -> None:
    """So is one of whom only the party is given."""
    counts(renamed(declared("south", [(CON, 9), (LAB, 5)]), "pp52, 1", "Cllr PP53 1"), opened(ONE))
    counts(renamed(declared("south", [(LAB, None)], elected=[0]), ""), opened(ONE))


def test_more_people_of_a_party_than_were_nominated_cannot_be_declared() -> None:
    """Not even without names."""
    three = declared("north", [(CON, None)] * 3, 2, elected=[0, 1])

    assert "PP52 3 (PP52) not among" in held(three, opened(TWO))


def test_anybody_may_be_declared_if_nominations_are_not_known() -> None:
    """There is nothing to compare the names with."""
    counts(won("north", "PP1", "PP2"), opened(ward("north", 2)))


def test_nobody_can_be_declared_where_nobody_was_nominated() -> None:
    """Nominations that are known to be none are not unknown."""
    assert "not among those nominated" in held(won("north", CON, LAB), opened(ward("north", 2, {})))


def test_a_correction_is_checked_against_the_nominations_however_little_came_before() -> None:
    """A result that lists only the winners does not make the others unknown."""
    opening = opened(TWO)
    everybody = declared("north", [(CON, 9), (CON, 8), (LAB, 7), (LAB, 6)], 2)
    winners = won("north", CON, CON, revision=2)
    again = everybody.model_copy(update={"revision": 3, "correction": "transcription"})

    council = counts(again, opening, everybody, winners)
    assert len(council.wards[BALLOT].declared.candidates) == 4  # type: ignore[union-attr]


def test_votes_that_leave_out_a_nominee_decide_nothing() -> None:
    """The one left out may have the most."""
    assert held(declared("south", [(CON, 9)]), opened(ONE)) == (
        f"candidates: 1 of the 2 nominated in {ballot('south')}, and nobody marked as elected;"
        " give everybody's votes, or say who is elected"
    )


def test_a_list_of_the_elected_may_leave_out_the_others() -> None:
    """So may one without any votes, or with nobody elected yet, which say nothing yet."""
    counts(declared("south", [(CON, 9)], elected=[0]), opened(ONE))
    counts(declared("south", [(CON, None)]), opened(ONE))
    counts(declared("south", [(CON, 9)], elected=[]), opened(ONE))


def test_marks_cannot_contradict_the_votes() -> None:
    """Nobody is elected over somebody with more votes."""
    event = declared("south", [(CON, 900), (LAB, 20)], elected=[1])

    assert held(event, opened(ONE)) == (
        f"elected: PP53 1 with 20 votes in {ballot('south')}, but PP52 1 has 900;"
        " correct elected or votes"
    )


def test_marks_of_a_few_seats_can_precede_those_of_candidates_with_more_votes() -> None:
    """As many of them as there are seats still open may be declared later."""
    votes: Votes = [(CON, 9), (CON, 8), (LAB, 7), (LAB, 6)]

    counts(declared("north", votes, 2, elected=[1]), opened(TWO))
    assert "PP53 1 with 7 votes" in held(declared("north", votes, 2, elected=[2]), opened(TWO))


def test_votes_that_are_not_stated_contradict_no_mark() -> None:
    """Those that are do, whoever's are missing."""
    three = opened(ward("south", 1, {CON: 1, LAB: 1, LD: 1}))

    counts(declared("south", [(CON, 9), (LAB, None), (LD, None)], elected=[1]), three)
    assert "elected: PP53 1 with 5 votes" in held(
        declared("south", [(CON, 9), (LAB, 5), (LD, None)], elected=[1]), three
    )


def test_equal_votes_contradict_no_mark() -> None:
    """The seat went by lot."""
    counts(declared("south", [(CON, 9), (LAB, 9)], elected=[1]), opened(ONE))


def test_a_court_and_transfers_need_not_follow_the_votes() -> None:
    """A court may give the seat to the second; under STV first preferences elect nobody."""
    event = declared("south", [(CON, 900), (LAB, 20)], elected=[1])
    court = event.model_copy(update={"revision": 2, "correction": "court"})

    counts(court, opened(ONE), won("south", CON))
    counts(event, opened(ONE, electoral_system="stv"))


def with_lot(event: WardDeclared, place: int) -> WardDeclared:
    people = list(event.candidates)
    people[place] = replace(people[place], tied_vote_winner=True)
    return event.model_copy(update={"candidates": tuple(people)})


def test_there_is_no_lot_without_a_tie() -> None:
    """Whoever won it has as many votes as somebody else."""
    event = with_lot(declared("south", [(CON, 900), (LAB, 20)]), 0)

    assert held(event, opened(ONE)) == (
        f"tied_vote_winner: PP52 1 has 900 votes in {ballot('south')} and nobody else has as"
        " many; correct tied_vote_winner or votes"
    )
    counts(with_lot(declared("south", [(CON, 90), (LAB, 90)]), 0), opened(ONE))
    counts(with_lot(declared("south", [(CON, 90), (LAB, None)], elected=[0]), 0), opened(ONE))


def test_nobody_wins_the_lot_and_is_not_elected() -> None:
    """One of the two marks is wrong."""
    event = with_lot(declared("south", [(CON, 90), (LAB, 90)], elected=[1]), 0)

    assert "PP52 1 has won the lot in" in held(event, opened(ONE))


@pytest.mark.parametrize("seats", [1, 3])
def test_a_ward_has_the_seats_it_was_opened_with(seats: int) -> None:
    """Fewer or more are a slip, unless a casual vacancy is said."""
    event = declared("north", [(CON, 9), (CON, 8), (LAB, 7), (LAB, 6)], seats)

    assert held(event, opened(TWO, total=4)) == (
        f"seats_contested: {seats} in {BALLOT}, but the council was opened with 2; correct"
        " seats_contested, say casual_vacancies, or open the council again"
    )


def test_a_casual_vacancy_adds_the_seats_that_it_says() -> None:
    """No more and no fewer."""
    event = declared("north", [(CON, 9), (CON, 8), (LAB, 7), (LAB, 6)], 3, casual_vacancies=1)

    council = counts(event, opened(TWO, total=4))
    assert council.count is not None
    assert council.count.filled == 3
    assert "seats_contested: 3" in held(
        event.model_copy(update={"casual_vacancies": 2}), opened(TWO, total=9)
    )


def test_a_countermanded_ballot_elects_nobody() -> None:
    """Its poll is held again as another ballot. A list without votes and marks says nothing."""
    events: list[Event] = [opened(ONE), noticed("south", "countermanded")]

    assert held(won("south", CON), *events) == (
        f"ballot_paper_id: {ballot('south')} was countermanded, so nobody is elected; give the"
        " ballot of the new poll, or another status"
    )
    counts(declared("south", [(CON, None), (LAB, None)]), *events)
    counts(won("south", CON), *events, noticed("south", "counting", 2))


def test_a_ballot_with_a_result_is_not_countermanded() -> None:
    """One of the two is wrong; a result that is cleared first is none."""
    assert held(noticed("south", "countermanded"), opened(ONE), won("south", CON)) == (
        f"status: countermanded, but a result of {ballot('south')} is known; clear the result"
        " first, by a correction without votes and marks"
    )


def test_a_replaced_ballot_elects_nobody() -> None:
    """The other ballot is the one to declare."""
    again = ward("again", 1, {CON: 1, LAB: 1}, replaces=ballot("south"))

    assert held(won("south", CON), opened(ONE, again)) == (
        f"ballot_paper_id: {ballot('south')} was replaced by another poll; declare that ballot"
    )


def test_a_running_score_of_listed_wards_cannot_be_counted() -> None:
    """It does not say of which of them it is."""
    assert held(as_a_whole({CON: 2}), opened(TWO, ONE)) == (
        "seats: 2 of 3, a running score, but the wards of Barsetshire are listed; declare its"
        " wards, or say final"
    )
    counts(as_a_whole({CON: 2}, final=True), opened(TWO, ONE))


def test_wards_and_the_whole_council_must_both_be_possible() -> None:
    """A result that the wards declared so far rule out is held."""
    events: list[Event] = [opened(TWO, ONE), won("north", LAB, LAB)]

    assert held(as_a_whole({CON: 3}), *events) == (
        "seats: 3 for PP52, but the wards declared so far give it at most 1; correct seats, or"
        " the ward that is wrong"
    )
    assert "seats: 0 for PP53, but the wards declared so far give it at least 2" in held(
        as_a_whole({CON: 1}, final=True), *events
    )
    counts(as_a_whole({LAB: 2, CON: 1}), *events)


def test_the_same_party_is_named_after_a_restart() -> None:
    """Of several that a result cannot be right about, whatever happened before it was kept."""
    events: list[Event] = [opened(TWO, ONE), won("south", CON), won("north", LAB, LAB)]
    council = folded(*events)

    for wrong in ({CON: 2, LAB: 1}, {CON: 3}, {LAB: 3}):
        whole = as_a_whole(wrong, final=True)
        assert apply(whole, load(dump(council)))[1] == apply(whole, council)[1]


def test_parties_that_are_listed_as_one_may_be_several() -> None:
    """A result that lumps the others together does not deny what the wards say of each."""
    five = opened(ward("north", 1, {CON: 1, "PP1": 1}), ward("south", 2, {CON: 2, "PP2": 1}))
    events: list[Event] = [five, won("north", "PP1")]

    counts(as_a_whole({CON: 1, "Others": 2}), *events)
    assert "seats: 0 for PP52, but the wards declared so far give it at least 1" in held(
        as_a_whole({CON: 0, "Others": 3}), *events
    )


def test_parties_that_are_listed_as_one_have_no_more_seats_than_all_of_them_can() -> None:
    """There is only so much room beside the parties that are named."""
    wards = [ward("north", 1, {CON: 1, "PP1": 1}), ward("south", 2, {CON: 2, "PP2": 1})]
    events: list[Event] = [opened(*wards, total=4), won("north", CON)]

    counts(as_a_whole({CON: 2, "Others": 1}), *events)
    assert "seats: 2 for parties that the wards do not list, which have room for 1" in held(
        as_a_whole({CON: 2, "Others": 2}), *events
    )


def test_a_ward_that_the_result_of_its_council_rules_out_is_kept_and_told() -> None:
    """That result stays until every ward has declared; each such ward is told once."""
    opening, whole = opened(TWO, ONE), as_a_whole({CON: 3})
    council, effects = apply(won("north", LAB, LAB), folded(opening, whole))

    assert effects.parked == (
        "seats: 3 for PP52, but the wards declared so far give it at most 1; correct seats, or"
        " the ward that is wrong; the ward is kept, and counted once every ward has declared"
    )
    assert council.count is not None
    assert council.count.control == CON
    council, effects = apply(won("south", LAB), council)
    assert (effects.parked, council.count and council.count.control) == ("", LAB)


@pytest.mark.parametrize(
    ("events", "parked"),
    [
        ([declared("south", [(LD, 9), (CON, 5)])], "candidates: PP90 1 (PP90) not among"),
        ([declared("south", [(CON, 9), (LAB, 5), (LAB, 4)], 2)], "seats_contested: 2 in"),
        ([won("south", CON), noticed("south", "countermanded")], "was countermanded, so nobody"),
        ([noticed("south", "countermanded"), won("south", CON)], "was countermanded, so nobody"),
        ([won("elsewhere", CON)], "elsewhere.2026-05-07 is none of the ballots that Barsetshire"),
        ([as_a_whole({CON: 4})], "seats: 4 in all, but local.barsetshire.2026-05-07 has 3"),
        ([as_a_whole({CON: 2})], "seats: 2 of 3, a running score"),
    ],
)
def test_what_came_before_the_opening_and_contradicts_it_is_kept_and_told(
    events: list[Event], parked: str
) -> None:
    """It does not count, and the opening says why."""
    council, effects = apply(opened(TWO, ONE, before=CON), folded(*events))

    assert parked in effects.parked
    assert council.count is not None
    assert council.count.control is None
    assert council.wards[ballot("south")].stage in {"waiting", "countermanded"}


def test_no_call_rests_on_a_whole_result_that_wards_before_the_opening_rule_out() -> None:
    """Which of them came first is not known by then, so the wards count and the opening says it."""
    council, effects = apply(opened(TWO, ONE), folded(as_a_whole({CON: 3}), won("north", LAB, LAB)))

    assert effects.parked == (
        "seats: 3 for PP52, but the wards declared so far give it at most 1; correct seats, or the"
        " ward that is wrong"
    )
    assert council.count is not None
    assert (council.count.council_result, council.count.control) == (None, LAB)


def test_an_opening_says_once_that_a_ballot_is_not_listed() -> None:
    """A later opening repeats it only if it is the one that lists the ballot no more."""
    again = opened(TWO, ONE, revision=2)
    other = folded(opened(TWO, ONE), won("elsewhere", CON))
    dropped = folded(opened(TWO, ONE), won("south", CON))

    assert apply(again, other)[1].parked == ""
    assert "south.2026-05-07 is none" in apply(opened(TWO, revision=2), dropped)[1].parked


def test_a_result_that_did_not_fit_counts_once_it_is_sent_again_and_fits() -> None:
    """Until then the same message again is only a repeat."""
    result = won("south", CON)
    events: list[Event] = [result, noticed("south", "countermanded"), opened(ONE)]
    council = folded(*events)

    assert apply(result, council) == (council, apply(result, council)[1])
    assert not apply(result, council)[1].changed
    assert apply(result, council)[1].contradiction is None
    after = counts(result, *events, noticed("south", "counting", 2))
    assert after.count is not None
    assert after.count.control == CON


@pytest.mark.parametrize("system", ["plurality", "stv"])
def test_a_result_of_a_ballot_that_is_not_known_is_checked_by_itself(
    system: ElectoralSystem,
) -> None:
    """Whether it fits shows once the council opens; until then it is kept and told."""
    council, effects = apply(won("south", CON), None)
    assert effects.parked == (
        "council: local.barsetshire.2026-05-07 has not been opened; kept, and counted once it is"
    )
    assert council_totals(council) is None

    _, effects = apply(won("west", CON), folded(opened(ONE, electoral_system=system)))
    assert effects.parked == (
        f"ballot_paper_id: {ballot('west')} is none of the ballots that Barsetshire opened with;"
        " kept, and counted once one lists it"
    )
    contrary = declared("west", [(CON, 1), (LAB, 9)], elected=[0])
    assert (apply(contrary, folded(opened(ONE)))[1].contradiction or "").startswith("elected: ")
