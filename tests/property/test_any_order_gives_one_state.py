from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from election.alerts.conditions import council_conditions, ward_conditions
from election.council import Council
from election.fold import apply
from election.rules.tally import add_up, opened_tally
from election.snapshot import dump, load
from election.totals import council_totals, ward_totals
from schemas.council import CouncilOpened, Nominee
from schemas.events import Event
from schemas.ward import WardDeclared, WardStatus
from tests.support.polls import CON, IND, LAB, LD, as_a_whole, declared, noticed, opened, ward

PARTIES = (CON, LAB, LD, IND)
NAMES = ("a", "b", "c")


@st.composite
def openings(draw: st.DrawFn, revision: int) -> CouncilOpened:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
    wards = []
    for place, name in enumerate(names):
        fielded = draw(
            st.none() | st.dictionaries(st.sampled_from(PARTIES), st.integers(1, 2), min_size=1)
        )
        replaces = None
        if place and draw(st.booleans()):
            replaces = f"local.barsetshire.{names[0]}.2026-05-07"
        listed = ward(name, 2, fielded, replaces=replaces)
        if listed.candidates and draw(st.booleans()):
            leader = replace(listed.candidates[0], office="Leader")
            listed = listed.model_copy(update={"candidates": (leader, *listed.candidates[1:])})
        wards.append(listed)
    not_up = draw(
        st.dictionaries(st.sampled_from(PARTIES), st.one_of(st.integers(0, 2), st.none()))
    )
    return opened(
        *wards,
        total=14,
        before=draw(st.sampled_from([*PARTIES, "NOC", None])),
        not_up=not_up,
        revision=revision,
    )


@st.composite
def declarations(draw: st.DrawFn, name: str, revision: int) -> WardDeclared:
    votes = draw(
        st.lists(
            st.tuples(st.sampled_from(PARTIES), st.integers(0, 60) | st.none()),
            min_size=1,
            max_size=5,
        )
    )
    elected = draw(st.none() | st.sets(st.integers(0, len(votes) - 1), max_size=2))
    correction = draw(st.sampled_from(["transcription", "court"])) if revision > 1 else None
    return declared(name, votes, 2, elected=elected, revision=revision, correction=correction)


@st.composite
def notices(draw: st.DrawFn, name: str, revision: int) -> WardStatus:
    # Whether an uncontested notice conflicts with nominations depends on the order of events, so
    # it has tests of its own.
    status: Any = draw(st.sampled_from(["counting", "recount", "postponed", "countermanded"]))
    number = draw(st.none() | st.integers(1, 3)) if status == "recount" else None
    return noticed(name, status, revision, recount=number)


@st.composite
def event_lists(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = [draw(openings(number)) for number in range(1, draw(st.integers(2, 3)))]
    for name in NAMES:
        events += [draw(declarations(name, number)) for number in range(1, draw(st.integers(1, 4)))]
        events += [draw(notices(name, number)) for number in range(1, draw(st.integers(1, 3)))]
    for number in range(1, draw(st.integers(1, 3))):
        seats = draw(st.dictionaries(st.sampled_from(PARTIES), st.integers(0, 3), min_size=1))
        events.append(as_a_whole(seats, number))
    return events


def fold(events: list[Event]) -> Council:
    council: Council | None = None
    for event in events:
        council, effects = apply(event, council)
        assert effects.conflict is None, effects.conflict
        assert_consistent(council)
    assert council is not None
    return council


def assert_consistent(council: Council) -> None:
    """Asserts that the state updated event by event is what counting anew gives."""
    assert load(dump(council)) == council
    assert dump(load(dump(council))) == dump(council)
    for ballot in council.wards:
        ward_totals(council, ballot)
    count, totals = council.count, council_totals(council)
    if count is None or totals is None:
        assert (count, totals) == (None, None)
        return
    opening = count.opening.opened
    anew = add_up(
        opened_tally(opening.standing),
        [ward.contribution for ward in count.wards.values()],
    )
    assert anew == count.tally
    true = {**council_conditions(count)}
    for each in count.wards.values():
        true |= ward_conditions(each)
    assert true == {
        key: each.condition for group in council.raised.values() for key, each in group.items()
    }
    assert totals.seats_total >= sum(party.seats for party in totals.parties)
    assert totals.seats_vacant >= 0


def plain(council: Council) -> Council:
    """Returns a council without its history: its version and its raised alerts."""
    return replace(council, version=0, settled_at=None, raised={})


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_order_repetition_and_staleness_give_the_same_state(data: st.DataObject) -> None:
    """The same events in another order, repeated and with old ones last, give one state."""
    events = data.draw(event_lists())
    again = data.draw(st.lists(st.sampled_from(events), max_size=5))
    shuffled = data.draw(st.permutations([*events, *again]))
    straight, other = fold(events), fold(shuffled)

    assert plain(straight) == plain(other)
    assert set(straight.wards) == set(other.wards)
    if straight.count is not None and other.count is not None:
        assert {*council_conditions(straight.count)} == {*council_conditions(other.count)}


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_correction_is_as_good_as_the_right_fact_from_the_start(data: st.DataObject) -> None:
    """A corrected wrong result leaves the totals that the right one alone would give."""
    opening = data.draw(openings(1))
    wrong = data.draw(declarations("a", 1))
    others = [data.draw(declarations(name, 1)) for name in ("b", "c")]
    right = data.draw(declarations("a", 2))
    corrected = fold([opening, *data.draw(st.permutations([wrong, *others])), right])
    first = right.model_copy(update={"revision": 1, "correction": None})
    straight = fold([opening, *others, first])
    history = {"version": 1, "settled_at": None, "explanation": ""}
    totals, expected = council_totals(corrected), council_totals(straight)

    assert totals is not None
    assert expected is not None
    assert expected.model_copy(update=history) == totals.model_copy(update=history)


@settings(max_examples=100, deadline=None)
@given(event_lists())
def test_only_raised_alerts_are_retracted_and_the_rest_match_the_count(
    events: list[Event],
) -> None:
    """Control alerts are raised and retracted in turn, with each id once."""
    council: Council | None = None
    standing: dict[str, str] = {}
    seen = set()
    for event in events:
        council, effects = apply(event, council)
        for alert in effects.alerts:
            assert alert.id not in seen
            seen.add(alert.id)
            if alert.kind not in {"control", "incumbent_out"}:
                continue
            if alert.action == "raise":
                assert alert.kind not in standing
                assert alert.retracts is None
                standing[alert.kind] = alert.id
            else:
                assert standing.pop(alert.kind) == alert.retracts
    count = council.count if council else None
    assert ("control" in standing) == (count is not None and count.control is not None)
    assert ("incumbent_out" in standing) == (count is not None and count.incumbent_out)


def test_the_input_is_never_changed() -> None:
    """Folding an event leaves the council it was folded into as it was."""
    nominee = Nominee(candidate="PP52 1", party_id=CON, office="Leader")
    listed = ward("a", 2, {CON: 1, LAB: 2}).model_copy(update={"candidates": (nominee,)})
    before, _ = apply(opened(listed, before=LAB), None)
    state = dump(before)
    for event in (
        declared("a", [(LAB, 9), (LAB, 8), (CON, 1)], 2),
        noticed("a", "recount"),
        as_a_whole({LAB: 2}),
        opened(ward("b", 1), revision=2),
    ):
        apply(event, before)

    assert state == dump(before)
    assert before == load(state)
