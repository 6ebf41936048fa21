"""A form becomes the next decision about its ballot, or says what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.desk import DeskDecided
from schemas.events import Event
from services.entry.decision_form import decision_of
from services.entry.figure import people_id, people_of
from services.review.decision import MeanwhileError, UnusableDecisionError
from tests.support.polls import CON, LAB, ballot, opened, ward
from tests.support.sources import by, content, decision, heard, result

AT = datetime(2026, 5, 8, 1, 47, tzinfo=UTC)
OPENING = opened(ward("north", 1, {CON: 1, LAB: 1}))
NORTH = result("north", 900, 500)
HELD: tuple[Event, ...] = (OPENING, by("site", "second", NORTH))
BY = "Ann Able (desk-1)"


def decided(*events: Event, **fields: str) -> DeskDecided:
    """Returns the decision of a form that was made against these events."""
    council, _ = heard(*events)
    known = council.wards[ballot("north")]
    given = {
        "revision": "0",
        "decision": "clear",
        "reason": "the sheet says so",
        "people": people_id(people_of(known)),
    }
    return decision_of(given | fields, BY, council, known, AT)


def test_a_result_is_accepted_by_its_content() -> None:
    """Who decides is the person and the key; when is now."""
    event = decided(*HELD, decision=f"accept {content(NORTH)}")

    assert (event.ruling, event.content, event.revision) == ("accept", content(NORTH), 1)
    assert (event.by, event.reason, event.decided_at) == (BY, "the sheet says so", AT)


def test_a_decision_has_the_next_revision() -> None:
    """After the one that the form was made against."""
    event = decided(*HELD, decision("north", ruling="clear"), revision="1", decision="clear")

    assert event.revision == 2


@pytest.mark.parametrize("revision", ["", "1", "00", "x"])
def test_a_form_of_before_another_decision_decides_nothing(revision: str) -> None:
    """Or of after one that is not there."""
    with pytest.raises(MeanwhileError, match="Another decision"):
        decided(*HELD, revision=revision)


def test_what_nobody_says_any_more_is_not_accepted() -> None:
    """The source has said something else since the page was made."""
    later = by("site", "second", result("north", 901, 500))

    with pytest.raises(MeanwhileError, match="Nobody says"):
        decided(*HELD, later, decision=f"accept {content(NORTH)}")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"decision": ""}, "decision: choose"),
        ({"decision": "accept"}, "decision: choose"),
        ({"decision": "clear now"}, "decision: choose"),
        ({"decision": "approve x"}, "decision: choose"),
        ({"reason": " "}, "reason: say why"),
        ({"reason": "x" * 301}, "reason: "),
        ({"reason": "one\ntwo"}, "reason: "),
        ({"votes-0": "12"}, "decision: there are figures of your own"),
        ({"elected-1": "yes"}, "decision: there are figures of your own"),
        ({"decision": "figure"}, "Give the votes"),
        ({"decision": "figure", "people": "x", "votes-0": "1"}, "The nominations have changed"),
        ({"decision": "figure", "votes-0": "-1"}, "Votes of PP52 1: '-1' is no number"),
        ({"decision": "figure", "votes-0": "1e3"}, "Votes of PP52 1"),
        ({"decision": "figure", "votes-1": "٣"}, "Votes of PP53 1"),
        ({"decision": "figure", "votes-1": "99999999"}, "votes"),
        ({"decision": "figure", "elected-0": "yes", "elected-1": "yes"}, "2 elected for 1"),
    ],
)
def test_what_cannot_be_a_decision_says_why(fields: dict[str, Any], fault: str) -> None:
    """Nothing is made of it."""
    with pytest.raises(UnusableDecisionError, match=fault):
        decided(*HELD, **fields)


def test_a_figure_has_the_nominees_with_their_votes() -> None:
    """Without marks the most votes decide."""
    event = decided(*HELD, decision="figure", **{"votes-0": "1,900", "votes-1": "500"})

    assert event.figure is not None
    people = [(each.candidate, each.votes, each.elected) for each in event.figure.candidates]
    assert people == [("PP52 1", 1_900, None), ("PP53 1", 500, None)]
    assert event.figure.seats_contested == 1


def test_a_mark_says_of_the_others_that_they_are_not_elected() -> None:
    """As a sheet does on which only the winner is marked."""
    event = decided(*HELD, decision="figure", **{"elected-1": "yes"})

    assert event.figure is not None
    assert [each.elected for each in event.figure.candidates] == [False, True]


def test_without_nominations_whoever_a_source_names_can_have_a_figure() -> None:
    """Of a ballot that no opening lists, too, with the seats that its source says."""
    council, _ = heard(by("site", "second", NORTH))
    parked = council.wards[ballot("north")]

    assert [each.party_id for each in people_of(parked)] == [CON, LAB]
