"""What several sources say of the wards of a council, through the fold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from election.council import Council
from election.evidence.claim import SOURCES_MAX
from election.fold import Effects, apply
from election.snapshot import dump, load
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.source import Trust
from schemas.ward import WardDeclared
from tests.support.polls import CON, LAB, ballot, declared, noticed, opened, ward
from tests.support.sources import by, content, decision, heard, result

OPENING = opened(
    ward("north", 1, {CON: 1, LAB: 1}),
    ward("south", 1, {CON: 1, LAB: 1}),
    ward("east", 1, {CON: 1, LAB: 1}),
    before=CON,
)


FOUR = {"seats_contested": 4}


def won(council: Council) -> dict[str, int]:
    totals = council_totals(council)
    assert totals is not None
    return {party.party_id: party.seats_won for party in totals.parties}


def test_a_source_that_waits_moves_nothing() -> None:
    """No totals, no alert, no figure of a ward."""
    before, _ = heard(OPENING)
    after, effects = apply(by("site", "second", result("north", 9, 5)), before)

    assert effects.alerts == ()
    assert effects.held == "it waits for a second source, or the desk"
    assert effects.rejection == ("held", effects.held)
    assert won(after) == won(before)
    shown = ward_totals(after, ballot("north"))
    assert (shown.status, shown.being_checked, shown.sources) == ("waiting", True, 0)
    assert {each.votes for each in shown.candidates} == {None}


def test_a_second_source_that_agrees_lets_both_count() -> None:
    """The ward says from how many sources it is."""
    council, effects = heard(
        OPENING,
        by("site", "second", result("north", 9, 5)),
        by("ann", "second", result("north", 9, 5)),
    )

    assert effects.rejection is None
    assert won(council)[CON] == 1
    shown = ward_totals(council, ballot("north"))
    assert (shown.status, shown.being_checked, shown.sources) == ("declared", False, 2)


def test_a_single_source_counts_until_control_hangs_on_it() -> None:
    """The second of three wards decides; until somebody seconds it, nothing is called."""
    once = [by("ann", "single", result(name, 5, 9)) for name in ("north", "south")]
    council, effects = heard(OPENING, *once)

    assert won(council)[LAB] == 1
    assert effects.alerts == ()
    assert "it would decide who controls" in effects.held

    council, effects = apply(by("site", "second", result("south", 5, 9)), council)

    assert won(council)[LAB] == 2
    assert {alert.kind for alert in effects.alerts} >= {"control", "incumbent_out"}


@pytest.mark.parametrize(
    ("con", "lab", "more"),
    [
        (1025, 1000, {}),
        (3030, 3000, {}),
        (1000, 1000, {"lot": True}),
    ],
    ids=["25 votes", "one percent", "a tie settled by lot"],
)
def test_a_knife_edge_of_a_checked_source_waits_for_a_second(
    con: int, lab: int, more: dict[str, bool]
) -> None:
    """One voter in a hundred, or a digit, would have elected somebody else."""
    said = result("north", con, lab)
    if more:
        winner, loser = said.candidates
        drawn = replace(winner, elected=True, tied_vote_winner=True), replace(loser, elected=False)
        said = said.model_copy(update={"candidates": drawn})
    council, effects = heard(OPENING, by("ann", "checked", said))

    assert effects.held.endswith("; it waits for a second source, or the desk")
    assert ward_totals(council, ballot("north")).being_checked
    assert won(council)[CON] == 0

    council, effects = apply(by("bob", "checked", said), council)

    assert effects.rejection is None
    assert ward_totals(council, ballot("north")).sources == 2


@pytest.mark.parametrize(
    ("trust", "con"), [("single", 1025), ("final", 1025), ("checked", 1026), ("checked", 5000)]
)
def test_what_is_no_knife_edge_or_not_of_a_checked_source_waits_for_nobody(
    trust: Trust, con: int
) -> None:
    """An agency's word counts as it did before there were people who are checked."""
    council, effects = heard(OPENING, by("ann", trust, result("north", con, 1000)))

    assert effects.rejection is None
    assert won(council)[CON] == 1


def test_a_checked_source_waits_if_control_hangs_on_it_or_it_is_odd() -> None:
    """As a single one does."""
    once = [
        by("ann", "checked", result(*each)) for each in (("north", 500, 900), ("south", 400, 800))
    ]
    council, effects = heard(OPENING, *once)

    assert won(council)[LAB] == 1
    assert "it would decide who controls" in effects.held
    _, effects = apply(by("ann", "checked", result("east", 0, 900)), council)
    assert effects.held.startswith("votes: none for")


def test_a_tie_is_no_knife_edge_before_the_lot_is_drawn() -> None:
    """Nobody has won yet, so nothing can be seconded; the lot is what waits."""
    council, effects = heard(OPENING, by("ann", "checked", result("north", 1000, 1000)))

    assert effects.rejection is None
    assert ward_totals(council, ballot("north")).status == "tied"


def test_a_checked_source_may_say_that_a_count_goes_on() -> None:
    """A recount moves no seat."""
    _, effects = heard(OPENING, by("ann", "checked", noticed("north", "recount", recount=1)))

    assert (effects.changed, effects.rejection) == (True, None)


def test_a_correction_that_makes_it_a_knife_edge_leaves_what_stood() -> None:
    """The checked source that has said both is not its own second."""
    council, effects = heard(
        OPENING,
        by("ann", "checked", result("north", 1900, 1000)),
        by("ann", "checked", result("north", 1009, 1000)),
    )

    assert "a knife edge" in effects.held
    shown = ward_totals(council, ballot("north"))
    assert sorted(each.votes or 0 for each in shown.candidates) == [1000, 1900]


def test_a_single_transferable_vote_has_no_knife_edge() -> None:
    """First preferences do not measure it."""
    opening = opened(
        ward("north", 1, {CON: 1, LAB: 1}),
        ward("south", 1, {CON: 1, LAB: 1}),
        ward("east", 1, {CON: 1, LAB: 1}),
        electoral_system="stv",
    )
    said = declared("north", [(CON, 1001), (LAB, 1000)], elected=[0])
    council, effects = heard(opening, by("ann", "checked", said))

    assert effects.rejection is None
    assert won(council)[CON] == 1


@pytest.mark.parametrize("trust", ["single", "checked"])
def test_the_proof_of_a_call_names_the_wards_that_are_from_one_source_alone(trust: Trust) -> None:
    """Who reads it knows what the call rests on."""
    _, effects = heard(
        OPENING,
        by("ann", trust, result("north", 500, 900)),
        by("agency", "final", result("south", 500, 900)),
    )

    (control,) = [each for each in effects.alerts if each.kind == "control"]
    assert "from one source alone: North" in control.proof


def test_a_source_that_contradicts_what_stands_is_a_conflict_with_both_figures() -> None:
    """The desk sees them side by side, and what stands stays."""
    council, effects = heard(
        OPENING,
        by("agency", "final", result("north", 9, 5)),
        by("ann", "single", result("north", 5, 9)),
    )

    assert effects.rejection is not None
    reason, text = effects.rejection
    assert reason == "conflict"
    assert "PP52 1 5, PP53 1 9 by ann" in text
    assert "agency: PP52 1 9, PP53 1 5" in text
    assert won(council)[CON] == 1
    assert ward_totals(council, ballot("north")).disputed


def test_the_latest_word_of_a_source_stands_without_a_number() -> None:
    """It need not number its words: other content replaces what it said, and is a correction."""
    council, effects = heard(
        OPENING,
        by("agency", "final", result("north", 9, 5)),
        by("agency", "final", result("north", 9, 4)),
    )

    shown = ward_totals(council, ballot("north"))
    assert effects.rejection is None
    assert sorted(each.votes or 0 for each in shown.candidates) == [4, 9]
    assert shown.correction == "transcription"


def test_the_same_word_again_changes_nothing() -> None:
    """A feed that is polled says everything again."""
    said = by("agency", "final", result("north", 9, 5))
    council, _ = heard(OPENING, said)

    assert apply(said, council) == (council, Effects())


def test_a_held_word_that_is_said_again_changes_nothing_while_it_waits_for_the_same() -> None:
    """The desk knows of it: whoever polls, or starts again, does not tell it once more."""
    said = by("site", "second", result("north", 9, 5))
    council, first = heard(OPENING, said)
    later = by("site", "second", result("north", 9, 5, source="read again at 02:00"))

    assert first.held
    assert apply(said, council) == (council, Effects())
    assert apply(later, council) == (council, Effects())


def test_a_held_word_counts_once_it_is_said_again_and_nothing_speaks_against_it() -> None:
    """Control hung on it, until another source settled that by the other wards."""
    south = by("ann", "single", result("south", 5, 9))
    north, east = [by("agency", "final", result(name, 5, 9)) for name in ("north", "east")]
    council, effects = heard(OPENING, north, south)
    assert "it would decide who controls" in effects.held
    council, _ = apply(east, council)
    assert won(council)[LAB] == 2

    council, effects = apply(south, council)

    assert (effects.changed, effects.rejection) == (True, None)
    assert won(council)[LAB] == 3


def test_a_held_word_that_waits_for_something_else_when_it_is_said_again_is_told() -> None:
    """Once more, and then no more."""
    council, _ = heard(OPENING, by("ann", "second", result("south", 50_000, 9)))
    again = by("ann", "single", result("south", 50_000, 9))
    council, effects = apply(again, council)

    assert "more than anybody gets in a ward" in effects.held
    assert apply(again, council) == (council, Effects())


def test_what_the_desk_accepts_counts() -> None:
    """It names the word by its content."""
    said = result("north", 9, 5)
    council, effects = heard(
        OPENING,
        by("site", "second", said),
        decision("north", ruling="accept", content=content(said)),
    )

    assert effects.rejection is None
    assert won(council)[CON] == 1


def test_a_decision_that_comes_before_the_word_stands_once_it_arrives() -> None:
    """Partitions and feeds have an order of their own."""
    said = result("north", 9, 5)
    council, _ = heard(
        OPENING,
        decision("north", ruling="accept", content=content(said)),
        by("site", "second", said),
    )

    assert won(council)[CON] == 1


def test_the_desk_can_clear_a_result_and_its_call_is_withdrawn() -> None:
    """Back to undeclared, with the desk as the reason."""
    council, effects = heard(
        OPENING,
        result("north", 9, 5),
        result("south", 9, 5),
        decision("south", ruling="clear"),
    )

    assert [alert.action for alert in effects.alerts if alert.kind == "control"] == ["retract"]
    assert "after the desk decided about South" in effects.alerts[0].text
    assert ward_totals(council, ballot("south")).status == "waiting"


def test_the_desks_own_figure_counts() -> None:
    """It stands whatever the sources say."""
    own = result("north", 8, 6)
    council, _ = heard(
        OPENING,
        by("agency", "final", result("north", 5, 9)),
        decision("north", ruling="figure", figure=own),
    )

    assert won(council)[CON] == 1
    assert ward_totals(council, ballot("north")).disputed


def test_of_two_decisions_the_newest_rules() -> None:
    """An older one that comes late changes nothing, another of the same number is a conflict."""
    council, _ = heard(OPENING, result("north", 9, 5), decision("north", 2, ruling="clear"))
    older = decision("north", 1, ruling="figure", figure=result("north", 5, 9))

    assert apply(older, council) == (council, Effects())
    assert apply(older.model_copy(update={"revision": 2}), council)[1].conflict == (
        "revision: 2 is known with another decision; give the next one a higher revision"
    )


@pytest.mark.parametrize(
    "own", [declared("north", [("PP66", 9)]), result("north", 9, 5).model_copy(update=FOUR)]
)
def test_the_desk_cannot_let_stand_what_cannot_be_right(own: WardDeclared) -> None:
    """A figure of its own is checked as everybody's is, and says what to correct."""
    council, _ = heard(OPENING, result("north", 9, 5))

    after, effects = apply(decision("north", ruling="figure", figure=own), council)

    assert after is council
    assert effects.rejection is not None
    assert effects.rejection[0] == "contradiction"


def test_a_word_that_the_desk_has_accepted_stands_though_its_source_is_past_it() -> None:
    """It came late, after its own correction; the desk has named it by its content."""
    said, later = result("north", 9, 5), result("north", 5, 9, revision=2)
    accepted = decision("north", ruling="accept", content=content(said))
    council, effects = heard(
        OPENING, accepted, by("ann", "single", later), by("ann", "single", said)
    )

    assert effects.changed
    assert won(council)[CON] == 1
    assert ward_totals(council, ballot("north")).disputed
    assert apply(accepted, council) == (council, Effects())


@pytest.mark.parametrize("trust", ["single", "checked", "second"])
def test_only_a_final_source_opens_councils(trust: Trust) -> None:
    """From another an opening is held, and the council unchanged."""
    council, _ = heard(OPENING.model_copy(update={"revision": 1}))

    after, effects = apply(by("ann", trust, OPENING), council)

    assert after is council
    assert "let such a source say it" in effects.held


def test_a_ballot_has_a_limited_number_of_sources() -> None:
    """One more than that is a conflict, and the others keep their places."""
    council, _ = heard(
        OPENING,
        *(by(f"s{number}", "second", result("north", 9, number)) for number in range(SOURCES_MAX)),
    )

    after, effects = apply(by("another", "final", result("north", 9, 5)), council)

    assert after is council
    assert effects.conflict is not None
    assert "let one of s0, s1" in effects.conflict


def test_what_was_said_before_the_opening_is_weighed_once_it_comes() -> None:
    """Two agree; a single one that would decide control waits."""
    council, _ = heard(
        by("ann", "single", result("north", 9, 5)),
        by("ann", "single", result("south", 9, 5)),
        by("bob", "single", result("south", 9, 5)),
        OPENING,
    )

    assert won(council)[CON] == 1
    assert ward_totals(council, ballot("north")).being_checked


def test_a_snapshot_keeps_everything_that_was_said() -> None:
    """Words, decisions and what waits; a council that is loaded goes on as the one before."""
    council, _ = heard(
        OPENING,
        by("agency", "final", result("north", 9, 5)),
        by("ann", "single", result("north", 5, 9)),
        by("site", "second", result("south", 5, 9)),
        decision("east", ruling="figure", figure=result("east", 1, 2)),
        decision("south", ruling="refuse", content=content(result("south", 1, 1))),
    )

    assert load(dump(council)) == council


def test_a_ward_and_its_council_say_what_the_sources_make_of_it() -> None:
    """In the ward's line, and as numbers of wards; a held figure is in neither."""
    council, _ = heard(
        OPENING,
        by("agency", "final", result("north", 9, 5)),
        by("site", "second", result("north", 9, 5)),
        by("agency", "final", result("south", 9, 5)),
        by("site", "second", result("south", 5, 9)),
        by("site", "second", result("east", 777, 5)),
    )
    lines = {name: ward_totals(council, ballot(name)).text for name in ("north", "south", "east")}
    totals = council_totals(council)

    assert lines["north"].endswith("; confirmed by two sources")
    assert lines["south"].endswith("; disputed by another source")
    assert lines["east"] == "East, Barsetshire: being checked"
    assert totals is not None
    assert (totals.wards_being_checked, totals.wards_disputed) == (1, 1)
    assert "777" not in totals.model_dump_json() + "".join(lines.values())


@pytest.mark.parametrize("ruling", ["clear", "refuse"])
def test_what_the_desk_has_decided_against_is_not_being_checked_any_more(ruling: str) -> None:
    """The ward is to declare, as if nobody had spoken."""
    said = result("north", 9, 5)
    more = {"content": content(said)} if ruling == "refuse" else {}
    council, _ = heard(
        OPENING, by("site", "second", said), decision("north", ruling=ruling, **more)
    )

    shown = ward_totals(council, ballot("north"))
    assert (shown.status, shown.being_checked) == ("waiting", False)
    assert shown.text == "North, Barsetshire: not declared yet"


def test_the_proof_of_a_call_says_from_how_many_sources_its_ward_is() -> None:
    """That of the ward that settled control; nothing is said of one source."""
    said = [by("agency", "final", result(name, 9, 5)) for name in ("north", "south")]
    _, alone = heard(OPENING, *said)
    _, both = heard(OPENING, said[0], by("site", "second", result("south", 9, 5)), said[1])
    proofs = [
        next(alert.proof for alert in effects.alerts if alert.kind == "control")
        for effects in (alone, both)
    ]

    assert not any("confirmed" in fact for fact in proofs[0])
    assert "South: confirmed by two sources" in proofs[1]
