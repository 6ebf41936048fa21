"""That there is no poll moves seats, so it counts from final sources and the desk only."""

from __future__ import annotations

import pytest

from election.council import Council
from election.evidence.claim import SOURCES_MAX
from election.evidence.no_poll import content_of_no_poll
from election.fold import apply
from election.snapshot import dump, load
from election.ward_totals import ward_totals
from schemas.events import Event
from schemas.source import Trust
from schemas.ward import Status
from tests.support.polls import CON, LAB, ballot, noticed, opened, ward
from tests.support.sources import by, decision, heard, result

NORTH, SOUTH = ballot("north"), ballot("south")
OPENING = opened(ward("north", 2, {CON: 1, LAB: 1}), ward("south", 1, {CON: 1, LAB: 1}))
OFF: tuple[Status, ...] = ("uncontested", "countermanded")


def said(status: Status, source: str = "ann", trust: Trust = "checked") -> Event:
    """Returns that there is no poll in the northern ward, as a source says it."""
    return by(source, trust, noticed("north", status))


def decided(ruling: str, status: Status | None = None, revision: int = 1) -> Event:
    """Returns a decision of the desk about the northern ward."""
    content = None if status is None else content_of_no_poll(status)
    return decision("north", revision, ruling=ruling, content=content)


def held(council: Council) -> dict[str, str]:
    """Returns why the words about the northern ward wait, by source."""
    evidence = council.wards[NORTH].evidence
    return dict(evidence.held) if evidence is not None else {}


@pytest.mark.parametrize("status", OFF)
@pytest.mark.parametrize("trust", ["single", "checked", "second"])
def test_it_is_kept_and_waits_however_many_say_so(status: Status, trust: Trust) -> None:
    """No seat moves; the ward is being checked, and the desk is told once of each source."""
    before, _ = heard(OPENING)
    first, effects = heard(OPENING, said(status, "ann", trust))
    both, second = heard(OPENING, said(status, "ann", trust), said(status, "bea", trust))

    for council, told in ((first, effects), (both, second)):
        assert (
            told.held == f"status: {status}: it moves seats without a vote, and waits for the desk"
        )
        assert council.tally == before.tally
        assert ward_totals(council, NORTH).being_checked
        assert ward_totals(council, NORTH).status == "waiting"
    assert set(held(both)) == {"ann", "bea"}
    assert apply(said(status, "ann", trust), both)[0] is both


@pytest.mark.parametrize("status", OFF)
def test_it_stands_once_the_desk_accepts_it(status: Status) -> None:
    """Whether that was said before or after: the same as if a final source had said it."""
    by_final, _ = heard(OPENING, noticed("north", status))
    for events in ([said(status), decided("accept", status)], [decided("accept", status)]):
        council, effects = heard(OPENING, *events)
        assert effects.rejection is None
        assert council.tally == by_final.tally
        assert ward_totals(council, NORTH).status == status
        assert held(council) == {}
        later, told = apply(said(status, "bea"), council)
        assert told.rejection is None
        assert held(later) == {}


def test_it_does_not_stand_once_the_desk_refuses_it() -> None:
    """From nobody, also of who is final; the other reason may still be said."""
    council, _ = heard(OPENING, said("countermanded"), decided("refuse", "countermanded"))
    after, effects = apply(by("agency", "final", noticed("north", "countermanded")), council)
    other, _ = apply(said("uncontested", "bea"), council)

    assert held(council) == {"ann": "the desk has refused it"}
    assert not ward_totals(council, NORTH).being_checked
    assert after is council
    assert "the desk has refused it" in effects.held
    assert set(held(other)) == {"ann", "bea"}
    assert ward_totals(other, NORTH).being_checked


@pytest.mark.parametrize(
    "undoing", [decided("clear", revision=2), decided("refuse", "uncontested", revision=2)]
)
def test_the_desk_can_undo_what_it_accepted(undoing: Event) -> None:
    """The ward is to declare again, and its result counts."""
    council, _ = heard(OPENING, said("uncontested"), decided("accept", "uncontested"), undoing)
    opened_again, _ = heard(OPENING)

    assert ward_totals(council, NORTH).status == "waiting"
    assert council.tally == opened_again.tally


def test_while_the_desk_says_that_there_is_no_poll_no_result_stands() -> None:
    """It waits in sight of the desk, whoever says it, and stands if the desk decides so."""
    final = by("agency", "final", result("north", 900, 500, seats=2))
    council, _ = heard(OPENING, final, decided("accept", "uncontested"))
    figure = decision("north", 2, ruling="figure", figure=result("north", 9, 5, seats=2))
    after, effects = apply(figure, council)

    assert ward_totals(council, NORTH).status == "uncontested"
    assert held(council) == {"agency": "the desk has decided that there was no poll"}
    assert effects.rejection is None
    assert ward_totals(after, NORTH).status == "declared"


@pytest.mark.parametrize("trust", ["final", "single"])
def test_no_notice_says_otherwise_than_the_desk(trust: Trust) -> None:
    """Seats would move by it."""
    council, _ = heard(OPENING, decided("accept", "countermanded"))
    after, effects = apply(by("agency", trust, noticed("north", "counting", 2)), council)

    assert after is council
    assert "the desk has decided that" in effects.held


def test_nobody_undoes_that_there_is_no_poll_who_could_not_say_it() -> None:
    """A final source does."""
    council, _ = heard(OPENING, noticed("north", "uncontested"))
    kept, effects = apply(by("ann", "checked", noticed("north", "counting", 2)), council)
    moved, _ = apply(by("agency", "final", noticed("north", "counting", 2)), council)

    assert kept is council
    assert "only the desk or a source that is trusted as final" in effects.held
    assert ward_totals(moved, NORTH).status == "counting"


@pytest.mark.parametrize(
    "next_word",
    [
        by("ann", "checked", noticed("north", "counting")),
        by("ann", "checked", result("north", 9, 5, seats=2)),
    ],
)
def test_the_latest_word_of_a_source_is_in_place_of_it(next_word: Event) -> None:
    """A result, another notice, or that it takes its word back."""
    council, _ = heard(OPENING, said("countermanded"), next_word)

    assert council.wards[NORTH].evidence is not None
    assert not council.wards[NORTH].evidence.no_polls


def test_a_source_with_a_result_takes_that_back_first() -> None:
    """So that no result falls by a word that waits."""
    council, _ = heard(OPENING, by("ann", "single", result("north", 9, 5, seats=2)))
    after, effects = apply(said("countermanded"), council)

    assert after is council
    assert "take that back first" in (effects.conflict or "")


def test_more_people_than_seats_are_never_uncontested() -> None:
    """Neither from a source nor by the desk."""
    council, _ = heard(OPENING)
    for event in (
        by("ann", "checked", noticed("south", "uncontested")),
        decision("south", ruling="accept", content=content_of_no_poll("uncontested")),
    ):
        after, effects = apply(event, council)
        assert after is council
        assert "uncontested, but 2 candidates stand for 1 seat" in (effects.conflict or "")


def test_a_final_source_that_says_the_same_settles_it() -> None:
    """What waited says what stands."""
    council, _ = heard(OPENING, said("uncontested"), noticed("north", "uncontested"))

    assert held(council) == {}
    assert ward_totals(council, NORTH).status == "uncontested"


def test_it_is_of_the_sources_that_a_ballot_may_have() -> None:
    """One more is a conflict."""
    council, _ = heard(
        OPENING, *(said("countermanded", f"s{number}") for number in range(SOURCES_MAX))
    )
    for event in (
        said("countermanded", "more"),
        by("more", "single", result("north", 9, 5, seats=2)),
    ):
        after, effects = apply(event, council)
        assert after is council
        assert "let one of s0, s1" in (effects.conflict or "")


def test_a_snapshot_keeps_it() -> None:
    """Before and after the opening."""
    for events in (
        [said("countermanded")],
        [OPENING, said("countermanded"), said("uncontested", "bea", "second")],
        [said("countermanded"), OPENING, decided("accept", "countermanded")],
    ):
        council, _ = heard(*events)
        assert load(dump(council)) == council
