from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from election.council import Council
from election.count import Count
from election.fold import apply
from election.text.proof import proof
from schemas.alert import Alert
from schemas.council import ElectoralSystem
from schemas.events import Event
from tests.support.polls import CON, LAB, LD, as_a_whole, counted, noticed, opened
from tests.support.true_night import PARTIES, TrueWard, retold, true_wards


def calls(events: list[Event]) -> list[Alert]:
    """Returns every alert that events raise of control, the incumbent or the result."""
    council: Council | None = None
    raised = []
    for event in events:
        council, effects = apply(event, council)
        assert effects.failure is None, effects.failure
        raised += [alert for alert in effects.alerts if alert.action == "raise"]
    return [alert for alert in raised if alert.kind in {"control", "incumbent_out", "result"}]


def assert_borne_out(raised: list[Alert], truth: Count) -> None:
    """Asserts that the complete facts say what each alert said."""
    for alert in raised:
        if alert.kind == "incumbent_out":
            assert truth.incumbent_out, alert.text
        else:
            assert alert.control == truth.control, alert.text
        if alert.kind == "result":
            assert truth.complete, alert.text
            assert alert.proof[0] == proof(truth)[0]


@st.composite
def told_of(draw: st.DrawFn, ward: TrueWard, system: ElectoralSystem, known: bool) -> list[Event]:  # noqa: FBT001
    """Draws what is told of a ward, each fact by itself true, many of them incomplete."""
    whole = [
        ward.complete(votes=False),
        ward.complete(num_turnout_reported=ward.turnout),
        ward.complete().model_copy(update={"revision": 2}),
    ]
    if system != "stv":
        whole.append(ward.complete(marks=False))
    parts = [
        ward.partial(number, votes=votes, others=others)
        for number in range(1, len(ward.elected) + 1)
        for votes in (False, True)
        for others in (False, True)
    ]
    counting = [ward.running([draw(st.integers(0, votes)) for votes in ward.votes])]
    if known and system != "stv":
        # Some are not typed in yet; this shows only if it is known who stood.
        typed = ward.complete(marks=False)
        counting += [
            typed.model_copy(update={"candidates": typed.candidates[:number]})
            for number in range(1, len(ward.people))
        ]
    facts = st.one_of(*map(st.sampled_from, (whole, parts, counting)))
    notices: list[Event] = [noticed(ward.name, "counting"), noticed(ward.name, "recount", 2)]
    chosen = draw(st.lists(facts, min_size=1, max_size=4))
    return [
        *[draw(retold(fact)) if draw(st.booleans()) else fact for fact in chosen],
        *draw(st.lists(st.sampled_from(notices), max_size=1)),
    ]


@settings(max_examples=1_000, deadline=None)
@given(st.data())
def test_no_mixture_of_true_facts_raises_what_the_complete_facts_do_not_bear_out(
    data: st.DataObject,
) -> None:
    """Partial, spelt otherwise, in another order, repeated or before the opening."""
    draw = data.draw
    system: ElectoralSystem = draw(st.sampled_from(["plurality", "stv"]))
    wards = [draw(true_wards(name, system)) for name in ("a", "b")[: draw(st.integers(1, 2))]]
    known = [draw(st.booleans()) for _ in wards]
    spare = draw(st.integers(0, 2))
    not_up = draw(st.dictionaries(st.sampled_from(PARTIES), st.integers(0, 3), max_size=2))
    up = sum(ward.seats for ward in wards)
    opening = opened(
        *(ward.opened(nominations=is_known) for ward, is_known in zip(wards, known, strict=True)),
        total=up + spare + sum(not_up.values()),
        not_up=not_up,
        before=draw(st.sampled_from([*PARTIES, "NOC"])),
        seats_vacant=draw(st.one_of(st.none(), st.integers(0, spare))),
        electoral_system=system,
    )
    told = [
        fact
        for ward, is_known in zip(wards, known, strict=True)
        for fact in draw(told_of(ward, system, is_known))
    ]
    again = draw(st.lists(st.sampled_from(told), max_size=3))
    events = draw(st.permutations([*told, *again, opening]))

    truth = counted(opening, *(ward.complete(votes=False) for ward in wards))
    assert_borne_out(calls(events), truth)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_running_score_raises_what_the_final_result_does_not_bear_out(
    data: st.DataObject,
) -> None:
    """Scores of a council without wards, in any order of their revisions, and repeated."""
    draw = data.draw
    final = draw(st.dictionaries(st.sampled_from((CON, LAB, LD)), st.integers(1, 9), min_size=1))
    spare = draw(st.integers(0, 2))
    opening = opened(
        total=sum(final.values()) + spare,
        before=draw(st.sampled_from([*PARTIES, "NOC"])),
        seats_vacant=draw(st.one_of(st.none(), st.integers(0, spare))),
    )
    seats = draw(st.permutations([*Counter(final).elements()]))
    steps = sorted(draw(st.lists(st.integers(1, len(seats)), max_size=4)))
    scores: list[Event] = [
        as_a_whole(Counter(seats[:number]), revision)
        for revision, number in enumerate(steps, start=1)
    ]
    last = as_a_whole(final, len(steps) + 1, final=True)
    told = [*scores, last]
    again = draw(st.lists(st.sampled_from(told), max_size=3))

    truth = counted(opening, as_a_whole(final, final=True))
    assert_borne_out(calls(draw(st.permutations([opening, *told, *again]))), truth)
