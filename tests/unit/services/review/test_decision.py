"""What the desk decides, made into an event, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiokafka.structs import ConsumerRecord

from election.council import Council
from schemas.desk import DeskDecided
from schemas.events import Event, encode_event
from services.audit.recount import Recount
from services.platform.partitioner import partition_of
from services.review.deciding import Outcome, came_of
from services.review.decision import (
    Decided,
    MeanwhileError,
    UnusableDecisionError,
    next_decision,
    whole_content,
)
from tests.support.polls import CON, COUNCIL, LAB, ballot, opened, ward
from tests.support.sources import by, content, decision, heard, result

OPENING = opened(ward("north", 1, {CON: 1, LAB: 1}))
NORTH, OTHER = result("north", 9, 5), result("north", 5, 9)
NOW = datetime(2026, 5, 8, 1, tzinfo=UTC)
KNOWN = (OPENING, by("site", "second", NORTH), by("ann", "second", OTHER))


def of(*events: Event) -> Council:
    return heard(*events)[0]


def made(decided: Decided, *events: Event) -> DeskDecided:
    council = of(*events)
    return next_decision(decided, council, council.wards[ballot("north")], NOW)


def test_a_decision_has_the_next_revision_and_the_whole_content() -> None:
    """Of the beginning that was typed; with who decided, why and when."""
    before = decision("north", 4, ruling="clear")
    event = made(Decided("accept", "Ann", "sheet seen", content(NORTH)[:6]), *KNOWN, before)

    assert (event.revision, event.ruling, event.content) == (5, "accept", content(NORTH))
    assert (event.by, event.reason, event.decided_at) == ("Ann", "sheet seen", NOW)
    assert event.mode == "rehearsal"


def test_a_figure_of_the_desks_own_names_no_source() -> None:
    """Whoever typed it, the desk says it."""
    own = NORTH.model_copy(update={"source_id": "ann", "trust": "second"})
    event = made(Decided("figure", "Ann", "sheet", figure=own), *KNOWN)

    assert event.figure is not None
    assert (event.figure.source_id, event.figure.trust) == (None, None)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ("abc", "too short; give 4 characters or more"),
        ("zzzz", f"is not what anybody says; is it one of {content(NORTH)}, {content(OTHER)}?"),
    ],
)
def test_a_content_that_is_not_one_word_is_refused(given: str, fault: str) -> None:
    """The message has those that there are."""
    council = of(*KNOWN)

    with pytest.raises(UnusableDecisionError) as refused:
        whole_content(given, council.wards[ballot("north")])
    assert str(refused.value).endswith(fault)


@pytest.mark.parametrize("length", [4, 8, 32])
def test_what_was_shown_is_decided_about(length: int) -> None:
    """By the id that is shown: the number of the desk's last decision, and the content."""
    before = decision("north", 4, ruling="clear")
    event = made(Decided("accept", "Ann", "seen", f"4-{content(NORTH)[:length]}"), *KNOWN, before)

    assert (event.revision, event.content) == (5, content(NORTH))


@pytest.mark.parametrize("shown", ["0", "3", "5"])
def test_what_was_shown_before_another_decision_is_not_decided_about(shown: str) -> None:
    """Somebody has decided since, and whoever decides now may not know; nothing is made."""
    before = decision("north", 4, ruling="clear")

    with pytest.raises(MeanwhileError) as refused:
        made(Decided("accept", "Ann", "seen", f"{shown}-{content(NORTH)[:8]}"), *KNOWN, before)
    assert str(refused.value) == (
        f"content: '{shown}-{content(NORTH)[:8]}' was shown after the desk's decision {shown}, and"
        f" its last one is 4: see `livecount review show {ballot('north')}`, and decide again if it"
        " still has to be"
    )


@pytest.mark.parametrize("given", [f"0-{content(NORTH)[:8]}", content(NORTH)])
def test_what_was_shown_and_nobody_says_any_more_is_not_decided_about(given: str) -> None:
    """Its source has said something else since; the decision would be about nothing."""
    with pytest.raises(MeanwhileError, match="nobody says that any more: see `livecount review"):
        made(Decided("accept", "Ann", "seen", given), OPENING, by("site", "second", OTHER))


def test_a_figure_of_another_ballot_is_refused() -> None:
    """With the field and both values."""
    other = result("south", 9, 5)

    with pytest.raises(UnusableDecisionError, match=r"figure\.ballot_paper_id"):
        made(Decided("figure", "Ann", "sheet", figure=other), *KNOWN)


def test_who_decides_and_why_must_be_said() -> None:
    """Neither may be blank."""
    with pytest.raises(UnusableDecisionError, match=r"by: .*\n?reason: "):
        made(Decided("clear", "", ""), *KNOWN)


def came(event: DeskDecided, *before: Event) -> Outcome:
    """Returns what came of a decision that stands in the log behind other events."""
    recount, partition = Recount(8), partition_of(COUNCIL, 8)
    step = None
    for offset, each in enumerate((*before, event)):
        key, value = each.council.encode(), encode_event(each)
        record = ConsumerRecord(
            "rehearsal.declarations", partition, offset, 0, 0, key, value, None, 0, 0, ()
        )
        step = recount.add_event(record, each)
    assert step is not None
    return came_of(event, step)


ACCEPTED = decision("north", ruling="accept", content=content(NORTH))


def test_what_is_accepted_counts_and_says_what_stands_now() -> None:
    """With the ward's line and the figures."""
    outcome = came(ACCEPTED, *KNOWN)

    assert outcome.counts
    assert outcome.words.startswith("North, Barsetshire: CON 1, ")
    assert outcome.words.endswith("; PP52 1 9, PP53 1 5")


def test_what_is_accepted_of_an_unopened_council_does_not_count_yet() -> None:
    """It counts once the council is opened."""
    outcome = came(ACCEPTED, *KNOWN[1:])

    assert not outcome.counts
    assert "parked: council: " in outcome.words


def test_what_nobody_has_said_yet_does_not_count_yet() -> None:
    """The desk may accept what is about to come."""
    outcome = came(ACCEPTED, OPENING)

    assert not outcome.counts
    assert outcome.words.endswith("nobody has said that yet; it stands once somebody does")


@pytest.mark.parametrize("revision", [1, 2])
def test_who_decided_in_between_is_said_by_whoever_came_second(revision: int) -> None:
    """With the same number or a higher one."""
    outcome = came(ACCEPTED, *KNOWN, decision("north", revision, ruling="clear"))

    assert not outcome.counts
    assert "somebody else decided in between" in outcome.words


def test_the_same_decision_of_somebody_else_in_between_is_no_fault() -> None:
    """Both wanted the same."""
    assert came(ACCEPTED, *KNOWN, ACCEPTED.model_copy(update={"by": "Bob"})).counts


def test_what_cannot_be_right_is_not_let_stand() -> None:
    """The message says what to correct."""
    wrong = decision("north", ruling="figure", figure=result("north", 9, 5, seats=3))
    outcome = came(wrong, *KNOWN)

    assert not outcome.counts
    assert outcome.words.startswith("contradiction: seats_contested: 3")
