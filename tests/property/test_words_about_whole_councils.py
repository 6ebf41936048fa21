"""What holds whatever several sources say of a council as a whole, in whatever order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from election.council import NOTHING_KNOWN, Council
from election.fold import Effects
from election.snapshot import dump, load
from election.totals import council_totals
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.events import Event
from schemas.source import Trust
from tests.support.polls import CON, LAB, LD, as_a_whole, opened
from tests.support.sources import step

SEATS = 7
SOURCES: dict[str, Trust] = {
    "agency": "final",
    "file": "final",
    "ann": "single",
    "bob": "single",
    "cat": "checked",
    "dan": "checked",
    "site": "second",
    "page": "second",
}


@st.composite
def words(draw: st.DrawFn, sources: tuple[str, ...] = tuple(SOURCES)) -> CouncilDeclared:
    """Draws a running score, a whole council, or more seats than it has."""
    seats = draw(st.fixed_dictionaries(dict.fromkeys((CON, LAB, LD), st.integers(0, 4))))
    source = draw(st.sampled_from(sources))
    event = as_a_whole(seats, final=draw(st.booleans()))
    return event.model_copy(update={"source_id": source, "trust": SOURCES[source]})


@st.composite
def openings(draw: st.DrawFn) -> CouncilOpened:
    return opened(seats_total=SEATS, before=draw(st.sampled_from([CON, LAB, "NOC", None])))


def totals_of(council: Council) -> Any:
    """Returns a council's totals but for its history, and for what waits or says the same."""
    totals = council_totals(council)
    assert totals is not None
    unsaid = {"version": 1, "sources": 0, "being_checked": False, "disputed": False}
    return totals.model_copy(update=unsaid)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_replay_gives_the_same_through_a_snapshot_at_any_point(data: st.DataObject) -> None:
    said = data.draw(st.lists(words(), max_size=8))
    events: list[Event] = data.draw(st.permutations([data.draw(openings()), *said]))
    straight: Council | None = None
    stored: Council | None = None
    for event in events:
        straight, effects = step(event, straight)
        stored, again = step(event, load(dump(stored)) if stored else None)
        assert (straight, effects) == (stored, again)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_for_one_source_any_order_and_repetition_gives_one_state(data: st.DataObject) -> None:
    """Its words are numbered, and can be right: the highest number is its word."""
    source = (data.draw(st.sampled_from(["agency", "site"])),)
    opening = data.draw(openings())
    right_words = st.lists(words(source).filter(has_room), max_size=4)
    said = [
        each.model_copy(update={"revision": revision})
        for revision, each in enumerate(data.draw(right_words), start=1)
    ]
    events: list[Event] = [opening, *said]
    again = data.draw(st.lists(st.sampled_from(events), max_size=4))

    assert plain(events) == plain(data.draw(st.permutations([*events, *again])))


def has_room(event: CouncilDeclared) -> bool:
    return sum(each.seats for each in event.seats) <= SEATS


def plain(events: list[Event]) -> Council:
    """Returns the council after events, without its history."""
    council: Council | None = None
    for event in events:
        council, _ = step(event, council)
    assert council is not None
    unsaid = {"version": 0, "settled_at": None, "raised": {}, "size": NOTHING_KNOWN}
    return replace(council, **unsaid)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_nothing_that_is_held_or_disputed_moves_totals_or_alerts(data: st.DataObject) -> None:
    """A `second` source alone never does, and whoever moves them says what then stands."""
    council, _ = step(data.draw(openings()), None)
    for event in data.draw(st.lists(words(), max_size=10)):
        before, (council, effects) = council, step(event, council)
        if effects.held or effects.disputed:
            assert effects.alerts == ()
            assert totals_of(council) == totals_of(before)
        if totals_of(council) != totals_of(before):
            assert council.evidence is not None
            assert event.source_id in council.evidence.sources
            trusts = {SOURCES[each] for each in council.evidence.sources}
            assert trusts != {"second"} or len(council.evidence.sources) > 1


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_source_below_final_decides_control_alone(data: st.DataObject) -> None:
    """A change of who controls is always said by one that is final, or by two."""
    council, _ = step(data.draw(openings()), None)
    below = tuple(source for source, trust in SOURCES.items() if trust != "final")
    for event in data.draw(st.lists(words(below), max_size=10)):
        before, (council, _) = council, step(event, council)
        if totals_of(council).control != totals_of(before).control:
            assert council.evidence is not None
            assert len(council.evidence.sources) > 1


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_word_that_is_said_again_at_once_changes_nothing(data: st.DataObject) -> None:
    """Whatever became of it."""
    said = data.draw(st.lists(words(), max_size=10))
    council: Council | None = None
    for event in data.draw(st.permutations([data.draw(openings()), *said])):
        council, _ = step(event, council)
        assert step(event, council) == (council, Effects())
