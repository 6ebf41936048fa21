from __future__ import annotations

from typing import Any

from election.council import Council
from services.declare.plan import plan
from tests.support.polls import (
    CON,
    COUNCIL,
    LAB,
    as_a_whole,
    declared,
    folded,
    opened,
    ward,
)

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
        ("changed", 2),
    ]
    assert words(corrected, known=folded(OPENING, NORTH)) == (
        "North, Barsetshire: LAB 1, last seat by 40 votes, 21 voters would have changed it"
        " (corrected: transcription); revision 2, before: CON 1, last seat by 40 votes, 21 voters"
        " would have changed it"
    )


def test_a_file_changed_back_is_a_change_too() -> None:
    """What a file says now counts, also if the log had it before under a lower revision."""
    corrected = declared("north", [(CON, 480), (LAB, 520)], revision=2)

    assert outcomes(NORTH, known=folded(OPENING, NORTH, corrected)) == [("changed", 3)]


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

    assert outcomes(as_a_whole({CON: 2, LAB: 3}), known=known) == [("changed", 2)]


def test_what_does_not_count_is_named_and_sent() -> None:
    """A result of somebody who was not nominated is set aside, with its ward and the reason."""
    stranger = declared("north", [("PP63", 5_000), (CON, 20)])
    (planned,) = plan([stranger], {COUNCIL: folded(OPENING)}, number=True)

    assert planned.outcome == "set aside"
    assert planned.words.startswith("North, Barsetshire: candidates: PP63 1 (PP63) not among")


def test_a_file_of_events_keeps_its_own_revisions() -> None:
    """Other content under a known revision of a file of events is set aside, not renumbered."""
    corrected = declared("north", [(CON, 480), (LAB, 520)])
    known = folded(OPENING, NORTH)

    assert outcomes(corrected, known=known, number=False) == [("set aside", 1)]
