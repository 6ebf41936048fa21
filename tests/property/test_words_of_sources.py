"""What holds whatever several sources say, in whatever order, and whatever the desk decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from election.council import NOTHING_KNOWN, Council
from election.declaration import declaration
from election.evidence.claim import content_of
from election.fold import Effects
from election.snapshot import dump, load
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.council import CouncilOpened
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.source import Trust
from schemas.ward import Candidate, WardDeclared
from tests.support.polls import CON, COUNCIL, IND, LAB, LD, ballot, opened
from tests.support.sources import step
from tests.support.true_night import TrueWard, true_wards

WARDS = ("a", "b", "c")
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
FINAL = [name for name, trust in SOURCES.items() if trust == "final"]
STRANGER = Candidate(candidate="Donald Duck", party_id="PP66", votes=70, elected=True)


def told_by(source: str, event: WardDeclared, revision: int = 1) -> WardDeclared:
    """Returns an event as intake writes it for the key of a source."""
    given = {"source_id": source, "trust": SOURCES[source], "revision": revision}
    return event.model_copy(update=given)


@st.composite
def openings(draw: st.DrawFn, wards: Sequence[TrueWard]) -> CouncilOpened:
    return opened(
        *(each.opened(nominations=draw(st.booleans())) for each in wards),
        before=draw(st.sampled_from([CON, LAB, LD, IND, "NOC", None])),
    )


@st.composite
def words(draw: st.DrawFn, ward: TrueWard, *, right: bool = False) -> WardDeclared:
    """Draws what somebody says of a ward: the truth, a part of it, or other votes.

    Unless it has to be `right` by itself, also that nobody has won yet, or somebody unknown.
    """
    votes = ward.votes
    if draw(st.booleans()):
        votes = tuple(draw(st.integers(0, 60)) for _ in ward.people)
    order = sorted(range(len(votes)), key=lambda place: -votes[place])
    told = replace(ward, votes=votes, elected=tuple(order[: ward.seats]))
    match draw(st.integers(0, 3 if right else 5)):
        case 0:
            return told.complete()
        case 1:
            return told.complete(votes=False)
        case 2:
            return told.complete(num_turnout_reported=ward.turnout)
        case 3:
            return told.partial(1, votes=False, others=False)
        case 4:
            return ward.told([STRANGER])
        case _:
            people = [Candidate(candidate=name, party_id=party) for name, party in ward.people]
            return ward.told(people)


@st.composite
def said_by(
    draw: st.DrawFn, wards: Sequence[TrueWard], sources: Sequence[str], most: int = 10
) -> list[Event]:
    """Draws what sources say of the wards, none of which they need number."""
    return [
        told_by(draw(st.sampled_from(sources)), draw(words(draw(st.sampled_from(wards)))))
        for _ in range(draw(st.integers(1, most)))
    ]


@st.composite
def decisions(
    draw: st.DrawFn, ward: TrueWard, about: Sequence[WardDeclared], revision: int = 1
) -> DeskDecided:
    """Draws a decision of the desk that says what stands, or that nothing does.

    What it accepts can be right, or else nothing would be decided.
    """
    right = [each for each in about if each.candidates != (STRANGER,) and states_anything(each)]
    ruling = draw(st.sampled_from(["accept", "clear", "figure"] if right else ["clear", "figure"]))
    more: dict[str, Any] = {}
    if ruling == "accept":
        more["content"] = content_of(declaration(draw(st.sampled_from(right))))
    if ruling == "figure":
        more["figure"] = draw(words(ward, right=True))
    return decided(ward.name, revision, ruling=ruling, **more)


def states_anything(event: WardDeclared) -> bool:
    return declaration(event).states_anything


def decided(name: str, revision: int, **more: Any) -> DeskDecided:
    return DeskDecided(
        council=COUNCIL,
        ballot_paper_id=ballot(name),
        mode="rehearsal",
        revision=revision,
        by="desk",
        reason="sheet",
        **more,
    )


def folded(events: Iterable[Event], council: Council | None = None) -> Council:
    for event in events:
        council, _ = step(event, council)
    assert council is not None
    return council


def totals_of(council: Council) -> Any:
    """Returns a council's totals but for what tells how they came about, and what waits."""
    totals = council_totals(council)
    assert totals is not None
    assert totals.seats_total >= sum(party.seats for party in totals.parties)
    history = {"version": 1, "settled_at": None, "explanation": ""}
    return totals.model_copy(update={**history, "wards_being_checked": 0, "wards_disputed": 0})


def seats_of(council: Council) -> Any:
    """Returns the totals without the sentences about votes, which more figures make longer."""
    totals = totals_of(council)
    return [(each.party_id, each.seats, each.best, each.least) for each in totals.parties]


@st.composite
def nights(draw: st.DrawFn) -> tuple[list[TrueWard], CouncilOpened]:
    wards = [draw(true_wards(name)) for name in WARDS]
    return wards, draw(openings(wards))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_replay_gives_the_same_through_a_snapshot_at_any_point(data: st.DataObject) -> None:
    """Councils and effects, with every kind of source and with decisions of the desk."""
    wards, opening = data.draw(nights())
    said = data.draw(said_by(wards, list(SOURCES)))
    desk = [
        data.draw(decisions(ward, [e for e in said if isinstance(e, WardDeclared)]))
        for ward in wards
        if data.draw(st.booleans())
    ]
    events = data.draw(st.permutations([opening, *said, *desk]))
    straight: Council | None = None
    stored: Council | None = None
    for event in events:
        straight, effects = step(event, straight)
        stored, again = step(event, load(dump(stored)) if stored else None)
        assert (straight, effects) == (stored, again)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(["agency", "site"]))
def test_for_one_source_any_order_and_repetition_gives_one_state(
    data: st.DataObject, source: str
) -> None:
    """Its words are numbered, and can be right: the highest number is its word."""
    wards, opening = data.draw(nights())
    said = [
        told_by(source, data.draw(words(ward, right=True)), revision)
        for ward in wards
        for revision in range(1, data.draw(st.integers(1, 4)))
    ]
    events: list[Event] = [opening, *said]
    again = data.draw(st.lists(st.sampled_from(events), max_size=5))

    assert plain(folded(events)) == plain(folded(data.draw(st.permutations([*events, *again]))))


def plain(council: Council) -> Council:
    """Returns a council without its history: version, raised alerts and what was corrected."""
    wards = {
        name: replace(each, declared=each.declared and each.declared._replace(correction=None))
        for name, each in council.wards.items()
    }
    history = {"version": 0, "settled_at": None, "raised": {}, "size": NOTHING_KNOWN}
    return replace(council, wards=wards, **history)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_after_the_desk_has_decided_every_order_of_the_words_gives_one_state(
    data: st.DataObject,
) -> None:
    """Whatever the sources say, and whether the decision comes before their words or after.

    A source that says more than one thing has numbered it.
    """
    wards, opening = data.draw(nights())
    said: list[WardDeclared] = []
    for ward in wards:
        for source in data.draw(st.sets(st.sampled_from(list(SOURCES)), min_size=1, max_size=4)):
            most = data.draw(st.integers(1, 2))
            said += [
                told_by(source, data.draw(words(ward)), revision) for revision in range(1, most + 1)
            ]
    desk = []
    for ward in wards:
        about = [each for each in said if each.ballot_paper_id == ballot(ward.name)]
        desk.append(data.draw(decisions(ward, about)))
    wanted = {each.content for each in desk if each.content}
    found = folded([opening, *desk, *said])
    other = folded(data.draw(st.permutations(said)), folded([opening, *desk]))
    assert seats_of(found) == seats_of(other)

    last = {(each.ballot_paper_id, each.source_id): each for each in said}
    if wanted <= {content_of(declaration(each)) for each in last.values()}:
        late = folded(data.draw(st.permutations([*last.values(), *desk])), folded([opening]))
        assert seats_of(folded([*last.values()], folded([opening, *desk]))) == seats_of(late)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_second_source_alone_never_moves_totals(data: st.DataObject) -> None:
    """Nor beside sources that are trusted as final, whatever these say."""
    wards, opening = data.draw(nights())
    events = [opening, *data.draw(said_by(wards, [*FINAL, "site"]))]
    council: Council | None = None
    for event in events:
        before, (council, effects) = council, step(event, council)
        if before is not None and isinstance(event, WardDeclared) and event.trust == "second":
            assert effects.alerts == ()
            assert totals_of(council) == totals_of(before)
    alone = [e for e in events if not isinstance(e, WardDeclared) or e.trust == "final"]

    assert totals_of(folded(events)) == totals_of(folded(alone))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_knife_edge_comes_to_stand_by_one_checked_source(data: st.DataObject) -> None:
    """Whatever else it and others have said: somebody else says it, too."""
    wards, opening = data.draw(nights())
    council = folded([opening])
    for event in data.draw(said_by(wards, ["cat", "dan", "site"], 14)):
        assert isinstance(event, WardDeclared)
        before, (council, _) = council, step(event, council)
        ward, stood = (each.wards[event.ballot_paper_id] for each in (council, before))
        if ward.knife_edge is not None and ward.knife_edge != stood.knife_edge:
            assert ward.evidence is not None
            assert len(ward.evidence.agreeing) > 1


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_nothing_that_is_held_moves_totals_wards_or_alerts(data: st.DataObject) -> None:
    """It waits, or cannot be right; what stood stands as it was, and so does every figure."""
    wards, opening = data.draw(nights())
    said = data.draw(said_by(wards, list(SOURCES), 14))
    council = folded([opening])
    for event in said:
        before, (council, effects) = council, step(event, council)
        if not effects.held:
            continue
        assert effects.alerts == ()
        assert totals_of(council) == totals_of(before)
        name = event.ballot_paper_id if isinstance(event, WardDeclared) else ""
        if name in before.wards:
            shown, was = ward_totals(council, name), ward_totals(before, name)
            assert (shown.candidates, shown.seats_won) == (was.candidates, was.seats_won)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_only_the_desk_and_whoever_says_what_then_stands_move_totals(data: st.DataObject) -> None:
    """Whoever contradicts what stands, or waits, moves nothing but the words that are known."""
    wards, opening = data.draw(nights())
    council = folded([opening])
    for event in data.draw(said_by(wards, list(SOURCES), 14)):
        assert isinstance(event, WardDeclared)
        before, (council, _) = council, step(event, council)
        if totals_of(council) == totals_of(before) or not states_anything(event):
            continue
        ward = council.wards[event.ballot_paper_id]
        assert ward.evidence is not None
        assert event.source_id in ward.evidence.sources


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_word_that_is_said_again_at_once_changes_nothing(data: st.DataObject) -> None:
    """Whatever became of it, and whatever the desk has decided."""
    wards, opening = data.draw(nights())
    said = data.draw(said_by(wards, list(SOURCES), 14))
    desk = [data.draw(decisions(ward, [])) for ward in wards if data.draw(st.booleans())]
    council: Council | None = None
    for event in data.draw(st.permutations([opening, *said, *desk])):
        council, _ = step(event, council)
        assert step(event, council) == (council, Effects())
