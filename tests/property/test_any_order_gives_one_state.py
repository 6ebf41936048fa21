from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from election.alerts.conditions import council_conditions, ward_conditions
from election.council import NOTHING_KNOWN, Council
from election.fold import apply
from election.rules.tally import add_up, opened_tally
from election.snapshot import dump, load
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.council import CouncilOpened, Nominee
from schemas.events import Event
from schemas.ward import Status, WardDeclared, WardStatus
from tests.support.polls import (
    CON,
    IND,
    LAB,
    LD,
    as_a_whole,
    ballot,
    declared,
    noticed,
    opened,
    ward,
)
from tests.support.true_night import TrueWard, true_wards

PARTIES = (CON, LAB, LD, IND)
NAMES = ("a", "b", "c")
POSSIBLE: tuple[Status, ...] = ("counting", "recount", "postponed")
STATUSES: tuple[Status, ...] = (*POSSIBLE, "countermanded")


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
def notices(
    draw: st.DrawFn, name: str, revision: int, statuses: Sequence[Status] = STATUSES
) -> WardStatus:
    # Whether an uncontested notice conflicts with nominations depends on the order of events, so
    # it has tests of its own.
    status = draw(st.sampled_from(statuses))
    number = draw(st.none() | st.integers(1, 3)) if status == "recount" else None
    return noticed(name, status, revision, recount=number)


@st.composite
def event_lists(draw: st.DrawFn) -> list[Event]:
    """Draws events that may contradict each other in any way."""
    events: list[Event] = [draw(openings(number)) for number in range(1, draw(st.integers(2, 3)))]
    for name in NAMES:
        events += [draw(declarations(name, number)) for number in range(1, draw(st.integers(1, 4)))]
        events += [draw(notices(name, number)) for number in range(1, draw(st.integers(1, 3)))]
    for number in range(1, draw(st.integers(1, 3))):
        seats = draw(st.dictionaries(st.sampled_from(PARTIES), st.integers(0, 3), min_size=1))
        events.append(as_a_whole(seats, number))
    return events


@st.composite
def sound_openings(draw: st.DrawFn, wards: Sequence[TrueWard], revision: int) -> CouncilOpened:
    """Draws an opening of some of the wards; nominations are known or not."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
    known = {each.name: draw(st.booleans()) for each in wards}
    listed = [each.opened(nominations=known[each.name]) for each in wards if each.name in names]
    polled_again = draw(st.booleans())
    if listed and polled_again:
        # The ballot that replaces another has not been declared, nor has the other.
        listed.append(ward("again", 1, {CON: 1}, replaces=ballot("void")))
    return opened(
        *listed,
        total=14,
        before=draw(st.sampled_from([*PARTIES, "NOC", None])),
        not_up=draw(
            st.dictionaries(st.sampled_from(PARTIES), st.one_of(st.integers(0, 1), st.none()))
        ),
        seats_vacant=draw(st.none() | st.integers(0, 1)),
        revision=revision,
    )


@st.composite
def sound_facts(draw: st.DrawFn) -> list[Event]:
    """Draws facts none of which contradicts another of the same revision, or what is known.

    A result of a higher revision has other votes for the same people. Of each revision there may
    be several facts: the first winners, all of them, votes, turnout.
    """
    wards = [draw(true_wards(name)) for name in NAMES]
    revisions = range(1, draw(st.integers(2, 3)))
    events: list[Event] = [draw(sound_openings(wards, number)) for number in revisions]
    for each in wards:
        for revision in range(1, draw(st.integers(1, 4))):
            votes = [draw(st.integers(0, 60)) for _ in each.people]
            order = sorted(range(len(votes)), key=lambda place: -votes[place])
            now = replace(each, votes=tuple(votes), elected=tuple(order[: each.seats]))
            events += draw(of_one_revision(now, revision))
        events += [draw(notices(each.name, 1, POSSIBLE))] if draw(st.booleans()) else []
    void = noticed("void", "countermanded")
    return [*events, void] if draw(st.booleans()) else events


@st.composite
def of_one_revision(draw: st.DrawFn, now: TrueWard, revision: int) -> list[WardDeclared]:
    more: dict[str, Any] = {
        "revision": revision,
        "correction": "transcription" if revision > 1 else None,
    }
    facts = [
        now.complete(votes=False, **more),
        now.complete(**more),
        now.complete(num_turnout_reported=now.turnout, **more),
    ]
    facts += [
        now.partial(number, votes=votes, others=others, **more)
        for number in range(1, len(now.elected) + 1)
        for votes in (False, True)
        for others in (False, True)
    ]
    return draw(st.lists(st.sampled_from(facts), min_size=1, max_size=3))


def fold(events: list[Event], *, sound: bool = False) -> Council:
    council: Council | None = None
    for event in events:
        council, effects = apply(event, council)
        assert effects.failure is None, effects.failure
        if sound:
            assert effects.conflict is None, effects.conflict
            assert effects.contradiction is None, effects.contradiction
        assert_consistent(council)
    assert council is not None
    return council


def assert_consistent(council: Council) -> None:
    """Asserts that the state updated event by event is what counting anew gives."""
    assert load(dump(council)) == council
    assert dump(load(dump(council))) == dump(council)
    for name in council.wards:
        ward_totals(council, name)
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
    """Returns a council without its history: version, raised alerts, what was corrected, and size.

    Of results that complete each other the candidates are in the order of the first.
    """
    wards = {}
    for name, each in council.wards.items():
        said = each.declared
        if said is not None:
            people = sorted(said.candidates, key=lambda person: person.candidate)
            said = said._replace(correction=None, candidates=tuple(people))
        wards[name] = replace(each, declared=said)
    history = {"version": 0, "settled_at": None, "raised": {}, "size": NOTHING_KNOWN}
    return replace(council, wards=wards, **history)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_order_repetition_and_staleness_give_the_same_state(data: st.DataObject) -> None:
    """Facts that do not contradict each other, in another order, repeated and with old ones last.

    What a result corrects depends on what was known before it, so it is left out.
    """
    events = data.draw(sound_facts())
    again = data.draw(st.lists(st.sampled_from(events), max_size=5))
    shuffled = data.draw(st.permutations([*events, *again]))
    straight, other = fold(events, sound=True), fold(shuffled, sound=True)

    assert plain(straight) == plain(other)
    assert set(straight.wards) == set(other.wards)
    if straight.count is not None and other.count is not None:
        assert {*council_conditions(straight.count)} == {*council_conditions(other.count)}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_facts_that_contradict_each_other_leave_a_state_that_is_consistent(
    data: st.DataObject,
) -> None:
    """Whatever is said in whatever order, nothing breaks, and what counts adds up."""
    events = data.draw(event_lists())
    again = data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else []

    fold(data.draw(st.permutations([*events, *again])))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_correction_is_as_good_as_the_right_fact_from_the_start(data: st.DataObject) -> None:
    """A corrected wrong result leaves the totals that the right one alone would give."""
    wards = [data.draw(true_wards(name)) for name in NAMES]
    opening = data.draw(sound_openings(wards, 1))
    first, *rest = wards
    votes = tuple(data.draw(st.integers(0, 60)) for _ in first.people)
    order = sorted(range(len(votes)), key=lambda place: -votes[place])
    wrong = replace(first, votes=votes, elected=tuple(order[: first.seats])).complete()
    others = [each.complete() for each in rest]
    right = first.complete()
    again = right.model_copy(update={"revision": 2, "correction": "transcription"})
    corrected = fold([opening, *data.draw(st.permutations([wrong, *others])), again], sound=True)
    straight = fold([opening, *others, right], sound=True)
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
