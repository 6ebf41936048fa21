from __future__ import annotations

from typing import Any

import pytest

from election.council import Council
from schemas.envelope import content_id
from schemas.events import encode_event
from schemas.ward import WardDeclared
from services.declare.plan import plan
from tests.support.earlier import before, poll
from tests.support.polls import (
    CON,
    COUNCIL,
    LAB,
    LD,
    as_a_whole,
    declared,
    folded,
    noticed,
    opened,
    ward,
)
from tests.support.sources import by, heard

OPENING = opened(ward("north", 1, {CON: 1, LAB: 1}), ward("south", 1, {CON: 1, LAB: 1}))
NORTH = declared("north", [(CON, 520), (LAB, 480)])


def outcomes(*events: Any, known: Council | None = None, number: bool = True) -> list[Any]:
    councils = {} if known is None else {COUNCIL: known}
    return [(each.outcome, each.event.revision) for each in plan(events, councils, number=number)]


def words(*events: Any, known: Council) -> str:
    return plan(events, {COUNCIL: known}, number=True)[-1].words


def test_a_night_that_nobody_declared_yet_is_new() -> None:
    """Everything of a night of which the log has nothing is sent as it is."""
    assert outcomes(OPENING, NORTH) == [("new", 1), ("new", 1)]


def test_what_is_odd_about_a_result_that_counts_is_a_warning() -> None:
    """Files count by themselves, so it is said and changes nothing; and once only."""
    typo = declared("north", [(CON, 52_000), (LAB, 480)])
    opening, north = plan([OPENING, typo], {}, number=True)
    (again,) = plan([typo], {COUNCIL: folded(OPENING, typo)}, number=True)

    assert (opening.warnings, north.outcome, again.warnings) == ((), "new", ())
    assert north.warnings[0].startswith("odd: votes: 52,000 for PP52 1, more than anybody gets")


def test_how_seats_were_last_fought_opens_a_council_again() -> None:
    """It names the wards; the same again is nothing new."""
    previous = before(poll({CON: (500, 1), LAB: (400, 0)}))
    wards = [
        each.model_copy(update={"previous": previous}) if each.ward == "North" else each
        for each in OPENING.wards
    ]
    told = OPENING.model_copy(update={"wards": tuple(wards)})
    known = folded(OPENING, NORTH)
    (again,) = plan([told], {COUNCIL: known}, number=True)

    assert (again.outcome, again.event.revision) == ("changed", 2)
    assert "1 ward changed: North" in again.words
    assert outcomes(told, known=folded(again.event)) == [("unchanged", 2)]


def test_what_the_log_has_already_is_not_sent_again() -> None:
    """The same files a second time change nothing."""
    assert outcomes(OPENING, NORTH, known=folded(OPENING, NORTH)) == [
        ("unchanged", 1),
        ("unchanged", 1),
    ]


def test_what_has_changed_gets_the_next_revision() -> None:
    """A figure that was corrected in the file is declared as the next revision."""
    corrected = declared("north", [(CON, 480), (LAB, 520)])

    assert outcomes(OPENING, corrected, known=folded(OPENING, NORTH)) == [
        ("unchanged", 1),
        ("corrected", 2),
    ]
    assert words(corrected, known=folded(OPENING, NORTH)) == (
        "North, Barsetshire: LAB 1, last seat by 40 votes, 21 voters moving from PP53 1 (LAB) to"
        " PP52 1 (CON) would have changed it (corrected: transcription); revision 2, before: CON 1,"
        " last seat by 40 votes, 21 voters moving from PP52 1 (CON) to PP53 1 (LAB) would have"
        " changed it"
    )


def test_a_file_changed_back_is_a_change_too() -> None:
    """What a file says now counts, also if the log had it before under a lower revision."""
    corrected = declared("north", [(CON, 480), (LAB, 520)], revision=2)

    assert outcomes(NORTH, known=folded(OPENING, NORTH, corrected)) == [("corrected", 3)]


def test_what_only_adds_keeps_its_revision() -> None:
    """Votes that follow the winners complete a result; nothing is corrected."""
    winner = declared("north", [(CON, None), (LAB, None)], elected=[0])

    assert outcomes(NORTH, known=folded(OPENING, winner)) == [("changed", 1)]
    assert "corrected" not in words(NORTH, known=folded(OPENING, winner))


def test_a_council_opened_with_other_facts_is_opened_again() -> None:
    """What changed of a council's opening is said in words."""
    again = OPENING.model_copy(update={"control_before": "NOC"})

    assert outcomes(again, known=folded(OPENING)) == [("changed", 2)]
    assert words(again, known=folded(OPENING)) == (
        "Barsetshire: opened again, revision 2: control_before unknown → NOC"
    )


def test_a_result_of_the_whole_council_that_changed_gets_the_next_revision() -> None:
    """A corrected result of a whole council is declared as the next revision."""
    alone = opened(total=5, seats_vacant=None)
    known = folded(alone, as_a_whole({CON: 3, LAB: 2}))

    assert outcomes(as_a_whole({CON: 2, LAB: 3}), known=known) == [("corrected", 2)]


def test_a_running_score_that_goes_on_is_no_correction() -> None:
    """Each score of a council is the next revision; only a final result is corrected."""
    alone = opened(total=5, seats_vacant=None)
    score, later, final = (as_a_whole({CON: won}) for won in (1, 2, 5))
    known = folded(alone, score)

    assert outcomes(later, known=known) == [("changed", 2)]
    assert outcomes(later, known=folded(alone, final)) == [("corrected", 2)]
    assert words(later, known=known) == (
        "Barsetshire: declared as a whole: CON 2; revision 2, before: declared as a whole: CON 1"
    )


TWO_SEATS = opened(ward("north", 2, {CON: 2, LAB: 2}))
PEOPLE: Any = [(CON, None), (CON, None), (LAB, None), (LAB, None)]
ONE = declared("north", PEOPLE, 2, elected=[0])
BOTH = declared("north", PEOPLE, 2, elected=[0, 2])


def test_a_ward_declared_in_part_is_completed() -> None:
    """The seats that were still to come complete a result; nothing is corrected."""
    (planned,) = plan([BOTH], {COUNCIL: folded(TWO_SEATS, ONE)}, number=True)

    assert planned.outcome == "changed"
    assert planned.words == (
        "North, Barsetshire: CON 1, LAB 1; revision 1, before: CON 1, 1 seat to come"
    )


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (1, "CON 1, 1 seat to come; revision 2: elected of PP52 1 yes → no, elected of PP52 2"),
        (2, "LAB 1, 1 seat to come (corrected: transcription); revision 2, before: CON 1, 1 seat"),
    ],
)
def test_somebody_else_elected_to_the_first_of_two_seats_is_a_correction(
    place: int, expected: str
) -> None:
    """Who is not marked any more is not elected any more, though there was room for both."""
    right = declared("north", PEOPLE, 2, elected=[place])
    (planned,) = plan([right], {COUNCIL: folded(TWO_SEATS, ONE)}, number=True)

    assert (planned.outcome, planned.event.revision) == ("corrected", 2)
    assert planned.words.startswith(f"North, Barsetshire: {expected}")


def test_a_file_that_says_less_takes_nothing_back_and_that_is_said() -> None:
    """A seat that the log has beside those of the file stays, and how to take it back is named."""
    (planned,) = plan([ONE], {COUNCIL: folded(TWO_SEATS, BOTH)}, number=True)

    assert (planned.outcome, planned.is_sent) == ("unchanged", False)
    assert planned.words == (
        "North, Barsetshire: CON 1, LAB 1; stands, though the file now says less of it: to take"
        " the rest back, declare it as revision 2 in a file of events"
    )


def test_winners_alone_leave_the_votes_that_are_known() -> None:
    """A source that has no votes takes none away, and what it leaves out is said to stand."""
    winner = declared("north", [(CON, None), (LAB, None)], elected=[0])
    (planned,) = plan([winner], {COUNCIL: folded(OPENING, NORTH)}, number=True)

    assert (planned.outcome, planned.event.revision) == ("changed", 1)
    assert "last seat by 40 votes" in planned.words
    assert planned.words.endswith("; what is left out of it stands")


def test_votes_that_change_no_line_are_named() -> None:
    """A corrected figure is said, also if the ward's line is the same."""
    three = opened(ward("north", 1, {CON: 1, LAB: 1, LD: 1}))
    known = folded(three, declared("north", [(CON, 520), (LAB, 480), (LD, 30)], revision=2))
    corrected = declared("north", [(CON, 520), (LAB, 480), (LD, 31)])

    assert words(corrected, known=known).endswith("; revision 3: votes of PP90 1 30 → 31")


def test_a_notice_that_leaves_the_result_is_said_as_a_notice() -> None:
    """A recount after a result changes no line, and is named."""
    notice = noticed("north", "recount")

    assert words(notice, known=folded(OPENING, NORTH)).endswith("; status: recount, revision 1")


@pytest.mark.parametrize("number", [True, False])
def test_the_highest_revision_of_a_file_counts_wherever_it_stands(*, number: bool) -> None:
    """An old message that is repeated after the new one does not come back as the newest."""
    corrected = declared("north", [(CON, 480), (LAB, 520)], revision=2)
    known = folded(OPENING, NORTH, corrected)

    assert outcomes(NORTH, corrected, NORTH, known=known, number=number) == [
        ("unchanged", 1),
        ("unchanged", 2),
        ("unchanged", 1),
    ]


def test_the_court_that_changed_a_result_is_not_forgotten() -> None:
    """A result that a court changed keeps that reason under another revision."""
    people: Any = [(CON, 480), (LAB, 520)]
    court = declared("north", people, elected=[0], revision=2, correction="court")
    known = folded(OPENING, NORTH, declared("north", people, revision=2))
    (planned,) = plan([court], {COUNCIL: known}, number=True)

    assert isinstance(planned.event, WardDeclared)
    assert (planned.event.revision, planned.event.correction) == (3, "court")
    assert planned.outcome == "corrected"


STRANGER = declared("north", [("PP63", 5_000), (CON, 20)])


def test_what_cannot_be_right_is_named_and_sent_once() -> None:
    """A result of somebody who was not nominated is a reject once, and is named each time."""
    known = {COUNCIL: folded(OPENING)}
    (first,) = plan([STRANGER], known, number=True)
    rejects = {content_id(encode_event(first.event))}
    (again,) = plan([STRANGER], known, number=True, rejected=rejects)

    assert (first.outcome, first.is_sent) == ("set aside", True)
    assert first.words.startswith(
        "North, Barsetshire: contradiction: candidates: PP63 1 (PP63) not among"
    )
    assert (again.outcome, again.words, again.is_sent) == ("set aside", first.words, False)


def test_what_waits_for_its_ballot_is_set_aside_each_time() -> None:
    """A result of a ballot that is not listed is kept, sent once, and set aside until it is."""
    west = declared("west", [(CON, 520), (LAB, 480)])
    (first,) = plan([west], {COUNCIL: folded(OPENING)}, number=True)
    (again,) = plan([west], {COUNCIL: folded(OPENING, west)}, number=True)

    assert (first.outcome, first.is_sent) == ("set aside", True)
    assert first.words.startswith("West, Barsetshire: parked: ballot_paper_id: local.barsetshire")
    assert (again.outcome, again.words, again.is_sent) == ("set aside", first.words, False)


def test_what_waits_for_its_council_is_set_aside_each_time() -> None:
    """Nothing of a council that was never opened counts, and that is said again."""
    (again,) = plan([NORTH], {COUNCIL: folded(NORTH)}, number=True)

    assert (again.outcome, again.is_sent) == ("set aside", False)
    assert "has not been opened; kept, and counted once it is" in again.words


def test_what_is_held_is_set_aside_each_time() -> None:
    """It is sent once, since the desk knows of it then, and named until it counts."""
    beside = NORTH.model_copy(update={"source_id": "agency", "trust": "second"})
    (first,) = plan([STRANGER], {COUNCIL: folded(OPENING, beside)}, number=True)
    (again,) = plan([STRANGER], {COUNCIL: folded(OPENING, beside, first.event)}, number=True)

    assert (first.outcome, first.is_sent) == ("set aside", True)
    assert first.words.startswith("North, Barsetshire: held: candidates: PP63 1 (PP63) not among")
    assert (again.outcome, again.words, again.is_sent) == ("set aside", first.words, False)


def test_an_opening_says_what_it_makes_doubtful() -> None:
    """A result that came before the opening, and that it contradicts, is named beside it."""
    (opening,) = plan([OPENING], {COUNCIL: folded(STRANGER)}, number=True)
    (result,) = plan([STRANGER], {COUNCIL: folded(STRANGER, OPENING)}, number=True)

    assert opening.outcome == "set aside"
    assert opening.words.startswith(
        "Barsetshire: opened, 2 seats, 2 wards listed\nparked: candidates: PP63 1 (PP63) not among"
    )
    assert (result.outcome, result.is_sent) == ("set aside", False)
    assert "parked: candidates: PP63 1 (PP63) not among" in result.words


def test_a_file_of_events_keeps_its_own_revisions() -> None:
    """Other content under a known revision of a file of events is set aside, not renumbered."""
    corrected = declared("north", [(CON, 480), (LAB, 520)], revision=1)
    known = {COUNCIL: folded(OPENING, NORTH)}
    (planned,) = plan([corrected], known, number=False)

    assert (planned.outcome, planned.event.revision) == ("set aside", 1)
    assert planned.words == (
        "North, Barsetshire: conflict: revision: 1 is known with other content; give a correction"
        " a higher revision"
    )


def test_a_revision_below_the_known_one_is_named_and_not_sent() -> None:
    """What the aggregator would pass over in silence is set aside by name."""
    old = declared("north", [(CON, 470), (LAB, 530)], revision=1)
    known = folded(OPENING, NORTH, declared("north", [(CON, 480), (LAB, 520)], revision=2))
    (planned,) = plan([old], {COUNCIL: known}, number=False)

    assert (planned.outcome, planned.is_sent) == ("set aside", False)
    assert planned.words == (
        "North, Barsetshire: revision: 1, but revision 2 is known with other content; give 3, or"
        " leave revision out"
    )


def test_an_event_without_a_revision_is_numbered() -> None:
    """A line of a file of events that states no revision gets the next one if it differs."""
    corrected = declared("north", [(CON, 480), (LAB, 520)])

    assert outcomes(corrected, known=folded(OPENING, NORTH), number=False) == [("corrected", 2)]
    assert outcomes(NORTH, corrected, known=folded(OPENING), number=False) == [
        ("new", 1),
        ("corrected", 2),
    ]


def test_a_file_numbers_its_own_words_whoever_else_has_spoken() -> None:
    """Another source has said the third revision of its own; the file's is the second."""
    known, _ = heard(OPENING, NORTH, by("ann", "single", NORTH.model_copy(update={"revision": 3})))
    corrected = declared("north", [(CON, 480), (LAB, 520)])

    assert outcomes(NORTH, known=known) == [("unchanged", 1)]
    assert outcomes(corrected, known=known) == [("corrected", 2)]


def test_what_contradicts_another_source_is_set_aside_with_both_figures() -> None:
    """The other has as much trust, and spoke first."""
    known, _ = heard(OPENING, by("agency", "final", declared("north", [(CON, 480), (LAB, 520)])))

    assert outcomes(NORTH, known=known) == [("set aside", 1)]
    assert "what stands is by agency: PP52 1 480" in words(NORTH, known=known)
