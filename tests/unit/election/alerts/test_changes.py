from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from election.council import Council
from election.fold import apply
from schemas.alert import Alert
from schemas.council import CouncilOpened, Nominee
from schemas.events import Event
from tests.support.polls import (
    CON,
    LAB,
    LD,
    as_a_whole,
    ballot,
    declared,
    folded,
    folded_with_alerts,
    noticed,
    opened,
    ward,
    won,
)

THREE = [ward(name, 1, {CON: 1, LAB: 1, LD: 1}) for name in ("north", "south", "west")]
OPENING = opened(*THREE, before=CON)


def contract(alerts: tuple[Alert, ...]) -> list[tuple[object, ...]]:
    """Returns control and incumbent alerts as kind, action, control, from and to."""
    return [
        (each.kind, each.action, each.control, each.from_, each.to)
        for each in alerts
        if each.kind in {"control", "incumbent_out"}
    ]


def other(alerts: tuple[Alert, ...], kind: str) -> list[tuple[str, str]]:
    return [(each.action, each.text) for each in alerts if each.kind == kind]


def test_control_is_raised_when_it_becomes_certain() -> None:
    """The alert names control, outcome and what caused it."""
    at = datetime(2026, 5, 8, 4, 10, tzinfo=UTC)
    _, alerts = folded_with_alerts(
        OPENING, won("north", CON), won("south", CON, seq=17, declared_at=at)
    )
    alert = alerts[0]

    assert contract(alerts) == [("control", "raise", CON, CON, CON)]
    assert (alert.outcome, alert.change, alert.retracts) == ("hold", False, None)
    assert (alert.cause, alert.cause_revision, alert.seq) == (ballot("south"), 1, 17)
    assert (alert.ward, alert.caused_at) == ("South", at)
    assert (alert.election, alert.council) == ("local.2026-05-07", "local.barsetshire.2026-05-07")
    assert (alert.name, alert.mode) == ("Barsetshire", "rehearsal")


def test_nothing_is_raised_before_it_is_certain_nor_repeated_after() -> None:
    """One ward is not enough, and a third one changes nothing."""
    assert contract(folded_with_alerts(OPENING, won("north", CON))[1]) == []
    assert (
        contract(
            folded_with_alerts(OPENING, won("north", CON), won("south", CON), won("west", LD))[1]
        )
        == []
    )


def test_incumbent_out_comes_before_control_in_one_event() -> None:
    """A gain puts the incumbent out and the successor in at once."""
    _, alerts = folded_with_alerts(OPENING, won("north", LAB), won("south", LAB))

    assert contract(alerts) == [
        ("incumbent_out", "raise", None, CON, None),
        ("control", "raise", LAB, CON, LAB),
    ]
    assert [(each.change, each.outcome) for each in alerts[:2]] == [(True, None), (True, "gain")]


def test_incumbent_out_can_come_alone() -> None:
    """The successor follows with a later ward."""
    _, first = folded_with_alerts(OPENING, won("north", LAB), won("south", LD))
    _, second = folded_with_alerts(OPENING, won("north", LAB), won("south", LD), won("west", LD))

    assert contract(first) == [("incumbent_out", "raise", None, CON, None)]
    assert contract(second) == [("control", "raise", LD, CON, LD)]


@pytest.mark.parametrize("before", ["NOC", None])
def test_no_incumbent_is_out_if_there_was_none(before: str | None) -> None:
    """Not after no overall control, nor if the control before is unknown."""
    _, alerts = folded_with_alerts(
        opened(*THREE, before=before), won("north", LAB), won("south", LAB)
    )

    assert [("control", "raise", LAB, before, LAB)] == contract(alerts)


def test_an_unknown_control_before_leaves_outcome_and_change_open() -> None:
    """The alert names control, but not whether it has changed."""
    _, alerts = folded_with_alerts(opened(*THREE), won("north", LAB), won("south", LAB))

    assert (alerts[0].outcome, alerts[0].change) == (None, None)
    assert alerts[0].text.startswith(
        "LAB WIN Barsetshire: 2 of 3 so far, majority 2, 1 ward to come, settled at South"
    )


def test_a_correction_that_undoes_certainty_retracts() -> None:
    """The retraction carries what it withdraws and the id of the alert that said it."""
    council, raised = folded_with_alerts(OPENING, won("north", CON), won("south", CON))
    council, effects = apply(won("south", LAB, revision=2, seq=40), council)
    alert = effects.alerts[0]

    assert contract(effects.alerts) == [("control", "retract", CON, CON, None)]
    assert raised[0].id == alert.retracts
    assert (alert.outcome, alert.change) == ("hold", False)
    assert (ballot("south"), 2, 40) == (alert.cause, alert.cause_revision, alert.seq)
    assert council.settled_at is None
    assert alert.text == (
        "WITHDRAWN: CON HOLD Barsetshire, after the result of South was corrected;"
        " now CON 1, LAB 1, majority 2 of 3."
    )


def test_a_correction_to_another_outcome_retracts_first_and_then_raises() -> None:
    """Retracts come before raises, and incumbent out before control in each."""
    events: list[Event] = [OPENING, won("north", CON), won("south", CON), won("west", LAB)]
    gain: list[Event] = [won("south", LAB, revision=2)]
    back: list[Event] = [*gain, won("south", CON, revision=3)]
    _, there = folded_with_alerts(*events, *gain)
    council, again = folded_with_alerts(*events, *back)

    assert contract(there) == [
        ("control", "retract", CON, CON, None),
        ("incumbent_out", "raise", None, CON, None),
        ("control", "raise", LAB, CON, LAB),
    ]
    assert contract(again) == [
        ("incumbent_out", "retract", None, CON, None),
        ("control", "retract", LAB, LAB, None),
        ("control", "raise", CON, CON, CON),
    ]
    assert ballot("south") == council.settled_at
    assert (there[0].text, again[0].text) == (
        (
            "WITHDRAWN: CON HOLD Barsetshire, after the result of South was corrected;"
            " now LAB 2, CON 1, majority 2 of 3."
        ),
        (
            "WITHDRAWN: CON OUT Barsetshire: 1 of 3, majority 2, after the result of South was"
            " corrected; now CON 2, LAB 1, majority 2 of 3."
        ),
    )


def test_a_correction_by_a_court_says_so() -> None:
    """An election petition changes a result months later, in the same way."""
    _, alerts = folded_with_alerts(
        OPENING,
        won("north", CON),
        won("south", CON),
        won("south", LAB, revision=2, correction="court"),
    )

    assert "after an election court changed the result of South" in alerts[0].text


def test_a_corrected_control_before_changes_the_outcome_of_the_same_control() -> None:
    """Control stays settled at the same ballot, but what the alert said is wrong."""
    council, alerts = folded_with_alerts(
        OPENING,
        won("north", CON),
        won("south", CON),
        opened(*THREE, before=LAB, revision=2, seq=9),
    )

    assert contract(alerts) == [
        ("control", "retract", CON, CON, None),
        ("incumbent_out", "raise", None, LAB, None),
        ("control", "raise", CON, LAB, CON),
    ]
    assert [each.outcome for each in alerts[:3]] == ["hold", None, "gain"]
    assert {(None, 0, 9)} == {(each.cause, each.cause_revision, each.seq) for each in alerts}
    assert ballot("south") == council.settled_at
    assert "after the facts of Barsetshire were corrected" in alerts[0].text


def test_what_is_certain_at_the_opening_was_so_before_any_event() -> None:
    """There is no causing ballot, and the seq is 0."""
    opening = opened(ward("north", 1, {CON: 1}), not_up={LAB: 5}, before=LAB, seq=3)
    council, alerts = folded_with_alerts(opening)

    assert contract(alerts) == [("control", "raise", LAB, LAB, LAB)]
    assert (alerts[0].cause, alerts[0].cause_revision, alerts[0].seq) == (None, 0, 0)
    assert council.settled_at is None


def test_settled_at_stays_the_same_while_control_is_certain() -> None:
    """It is the ballot that made control certain, whatever declares after it."""
    events: list[Event] = [OPENING, won("north", CON), won("south", CON)]

    assert ballot("south") == folded(*events, won("west", LAB)).settled_at
    assert ballot("south") == folded(*events, won("south", CON, revision=2)).settled_at
    assert folded(OPENING, won("north", CON)).settled_at is None


def test_an_alert_caused_by_a_notice_has_cause_revision_0() -> None:
    """An uncontested notice can end a certainty; its ballot is then the cause, with revision 0."""
    opening = opened(ward("north", 2, {CON: 1}), ward("south", 1, {LAB: 1, LD: 1}), before=CON)
    notice = noticed("north", "uncontested", 3, seq=5)
    _, alerts = folded_with_alerts(opening, notice)

    assert contract(alerts) == []
    opening = opened(ward("north", 2, {CON: 2}), ward("south", 1), before=CON)
    _, alerts = folded_with_alerts(
        opening, noticed("north", "countermanded"), noticed("north", "uncontested", 3, seq=5)
    )

    assert contract(alerts) == [("control", "raise", CON, CON, CON)]
    assert (ballot("north"), 0, 5) == (alerts[0].cause, alerts[0].cause_revision, alerts[0].seq)


def test_a_countermand_can_end_a_certainty() -> None:
    """Nominations reopen, so anyone may win seats that were certain."""
    opening = opened(ward("north", 2, {CON: 2}), ward("south", 1, {CON: 1, LAB: 1}), before=CON)
    _, alerts = folded_with_alerts(opening, noticed("north", "countermanded", seq=8))

    assert contract(alerts) == [("control", "retract", CON, CON, None)]
    assert (ballot("north"), 0, 8) == (alerts[0].cause, alerts[0].cause_revision, alerts[0].seq)
    assert "after North was reported countermanded" in alerts[0].text


def test_a_council_result_settles_control_without_a_ballot() -> None:
    """A council-level declaration has no ballot to name."""
    council, alerts = folded_with_alerts(
        OPENING, as_a_whole({LAB: 2, CON: 1}, seq=4), as_a_whole({CON: 2, LAB: 1}, 2, seq=6)
    )

    assert contract(alerts) == [
        ("incumbent_out", "retract", None, CON, None),
        ("control", "retract", LAB, LAB, None),
        ("control", "raise", CON, CON, CON),
    ]
    assert {(None, 0, 6)} == {(each.cause, each.cause_revision, each.seq) for each in alerts}
    assert council.settled_at is None
    assert "after the result of the whole council was declared" in alerts[0].text
    assert alerts[3].text == "CON HOLD Barsetshire: 2 of 3, majority 2."


def test_the_same_log_gives_the_same_ids_and_no_two_are_alike() -> None:
    """An id is a hash of what identifies the alert, so a repeated alert can be recognised."""
    events: list[Event] = [
        OPENING,
        won("north", CON),
        won("south", CON),
        won("south", LAB, revision=2),
        won("south", CON, revision=3),
        won("west", CON),
    ]

    def ids() -> list[str]:
        council: Council | None = None
        found: list[str] = []
        for event in events:
            council, effects = apply(event, council)
            found += [alert.id for alert in effects.alerts]
        return found

    first = ids()
    assert first == ids()
    assert len(first) == len(set(first)) > 3
    assert all(len(each) == 32 for each in first)


def test_a_council_hangs_on_its_last_ward() -> None:
    """The last ward still expected decides it, and the alert says who needs what there."""
    _, alerts = folded_with_alerts(OPENING, won("north", CON), won("south", LAB))

    assert other(alerts, "decider") == [
        (
            "raise",
            (
                "Barsetshire hangs on West: CON hold with the seat, LAB gain with the seat,"
                " NOC otherwise."
            ),
        )
    ]


def test_an_alert_names_the_ballots_it_is_about_apart_from_its_cause() -> None:
    """A decider alert is caused by one ward and about another; control is about no single ward."""
    events = [won("north", CON), won("south", LAB), won("south", CON, revision=2)]
    council, before = folded_with_alerts(OPENING, *events[:-1])
    _, after = apply(events[-1], council)

    assert [(each.kind, each.cause, each.ballots) for each in (*before, *after.alerts)] == [
        ("decider", ballot("south"), (ballot("west"),)),
        ("decider", ballot("south"), (ballot("west"),)),
        ("control", ballot("south"), ()),
    ]


def test_a_decider_that_declares_is_not_withdrawn() -> None:
    """Its declaration was awaited, so the alert was right."""
    _, alerts = folded_with_alerts(OPENING, won("north", CON), won("south", LAB), won("west", CON))

    assert other(alerts, "decider") == []
    assert contract(alerts) == [("control", "raise", CON, CON, CON)]


def test_a_correction_elsewhere_withdraws_a_decider() -> None:
    """If control becomes certain without the ward, the council no longer hangs on it."""
    _, alerts = folded_with_alerts(
        OPENING, won("north", CON), won("south", LAB), won("south", CON, revision=2)
    )

    assert other(alerts, "decider") == [
        (
            "retract",
            (
                "WITHDRAWN: Barsetshire hangs on West: CON hold with the seat, LAB gain with the"
                " seat, NOC otherwise, after the result of South was corrected; now CON 2,"
                " majority 2 of 3."
            ),
        )
    ]


def test_a_knife_edge_alert_has_its_figures() -> None:
    """Who won the last seat, by how much, and how few would have changed it."""
    _, alerts = folded_with_alerts(
        OPENING, declared("north", [(CON, 500), (LAB, 497), (LD, 90)], seq=3)
    )

    assert other(alerts, "knife_edge") == [
        (
            "raise",
            (
                "North, Barsetshire: the seat went by 3 votes to CON; 2 voters moving from"
                " PP52 1 (CON) to PP53 1 (LAB) would have changed it."
            ),
        )
    ]
    assert (
        alerts[0].control,
        alerts[0].outcome,
        alerts[0].from_,
        alerts[0].to,
    ) == (None, None, None, None)
    assert alerts[0].proof == (
        "North: PP52 1 (CON) 500, PP53 1 (LAB) 497",
        "North: 2 voters from PP52 1 (CON) 500 to PP53 1 (LAB) 497",
    )
    assert (ballot("north"), 1, 3) == (alerts[0].cause, alerts[0].cause_revision, alerts[0].seq)


def test_a_corrected_knife_edge_is_withdrawn_and_raised_again_if_it_still_is_one() -> None:
    """What was printed is no longer true when the figures change."""
    close: list[Event] = [OPENING, declared("north", [(CON, 500), (LAB, 497), (LD, 90)])]
    wider = declared("north", [(CON, 500), (LAB, 300), (LD, 90)], revision=2)
    other_way = declared("north", [(CON, 500), (LAB, 501), (LD, 90)], revision=2)

    assert [action for action, _ in other(folded_with_alerts(*close, wider)[1], "knife_edge")] == [
        "retract"
    ]
    assert [
        action for action, _ in other(folded_with_alerts(*close, other_way)[1], "knife_edge")
    ] == [
        "retract",
        "raise",
    ]


def test_each_recount_is_raised_and_none_withdrawn() -> None:
    """A recount is over when the count goes on; that it effects stays true."""
    first: list[Event] = [OPENING, noticed("north", "recount")]
    second: list[Event] = [*first, noticed("north", "recount", 2, recount=2)]

    assert other(folded_with_alerts(*first)[1], "recount") == [
        ("raise", "North, Barsetshire: recount.")
    ]
    assert other(folded_with_alerts(*second)[1], "recount") == [
        ("raise", "North, Barsetshire: second recount.")
    ]
    assert other(folded_with_alerts(*second, noticed("north", "counting", 3))[1], "recount") == []
    assert other(folded_with_alerts(*second, won("north", CON))[1], "recount") == []


def test_a_recount_of_a_declared_ward_is_not_raised() -> None:
    """The declaration arrived before the notice."""
    assert (
        other(
            folded_with_alerts(OPENING, won("north", CON), noticed("north", "recount"))[1],
            "recount",
        )
        == []
    )


def test_postponements_are_raised_and_withdrawn_when_the_poll_goes_on() -> None:
    """A notice that counting is under way withdraws the postponement."""
    events: list[Event] = [OPENING, noticed("north", "postponed")]

    assert other(folded_with_alerts(*events)[1], "postponed") == [
        ("raise", "North, Barsetshire: poll postponed, 1 seat still open.")
    ]
    assert [
        action
        for action, _ in other(
            folded_with_alerts(*events, noticed("north", "counting", 2))[1], "postponed"
        )
    ] == ["retract"]


def test_a_postponed_poll_that_is_held_is_not_withdrawn() -> None:
    """It was postponed, and then it was polled."""
    assert (
        other(
            folded_with_alerts(OPENING, noticed("north", "postponed"), won("north", CON))[1],
            "postponed",
        )
        == []
    )


def test_a_postponement_that_becomes_a_countermand_is_raised_again() -> None:
    """The second notice replaces the first, which was true."""
    _, alerts = folded_with_alerts(
        OPENING, noticed("north", "postponed"), noticed("north", "countermanded", 2)
    )

    assert other(alerts, "postponed") == [
        (
            "raise",
            "North, Barsetshire: poll countermanded, 1 seat to be filled at a new poll.",
        )
    ]


def test_a_countermanded_poll_that_is_replaced_is_not_withdrawn() -> None:
    """The notice announced the new poll."""
    again = ward("again", 1, {CON: 1}, replaces=ballot("north"))
    events: list[Event] = [OPENING, noticed("north", "countermanded")]
    with_both = opened(*THREE, again, before=CON, revision=2)
    with_one = opened(again, *THREE[1:], before=CON, revision=2)

    assert other(folded_with_alerts(*events, with_both)[1], "postponed") == []
    assert other(folded_with_alerts(*events, with_one)[1], "postponed") == []


def notable(office: str = "Labour leader", name: str = "A Leader") -> CouncilOpened:
    people = (
        Nominee(candidate=name, party_id=LAB, office=office),
        Nominee(candidate="PP52 1", party_id=CON),
    )
    listed = ward("north").model_copy(update={"candidates": people})
    return opened(listed, *THREE[1:], before=CON)


@pytest.mark.parametrize(
    ("votes", "elected", "line"),
    [
        ([(CON, 1017), (LAB, 1000)], None, "beaten in North by 17 (Barsetshire)."),
        ([(CON, 2017), (LAB, 1000)], None, "beaten in North by 1,017 (Barsetshire)."),
        ([(CON, 1000), (LAB, 1000)], [0], "beaten in North by lot (Barsetshire)."),
        ([(CON, None), (LAB, None)], [0], "beaten in North (Barsetshire)."),
    ],
)
def test_a_notable_candidate_who_is_beaten_raises_an_alert(
    votes: list[tuple[str, int | None]], elected: list[int] | None, line: str
) -> None:
    """Such as `Labour leader Ian Greenwood beaten in Little Horton by 17` (Bradford 2012)."""
    _, alerts = folded_with_alerts(
        notable(name="PP53 1"), declared("north", votes, elected=elected)
    )

    assert [("raise", f"Labour leader PP53 1 {line}")] == other(alerts, "notable_beaten")


def test_a_notable_candidate_who_is_elected_or_of_another_name_raises_none() -> None:
    """Name and party must both be those of the nominee."""
    assert (
        other(folded_with_alerts(notable(name="PP53 1"), won("north", LAB))[1], "notable_beaten")
        == []
    )
    assert (
        other(folded_with_alerts(notable(name="PP53 2"), won("north", CON))[1], "notable_beaten")
        == []
    )
    event = declared("north", [(CON, 1), (LAB, 9)])
    same_name = replace(event.candidates[1], candidate="PP52 1")
    named = event.model_copy(update={"candidates": (event.candidates[0], same_name)})
    assert other(folded_with_alerts(notable(name="PP52 1"), named)[1], "notable_beaten") == []


def test_a_beaten_candidate_whom_a_correction_elects_is_withdrawn() -> None:
    """A reporter who has the line must learn that it is wrong."""
    events: list[Event] = [notable(name="PP53 1"), declared("north", [(CON, 1017), (LAB, 1000)])]
    _, alerts = folded_with_alerts(
        *events, declared("north", [(CON, 1000), (LAB, 1017)], revision=2)
    )

    assert other(alerts, "notable_beaten") == [
        (
            "retract",
            (
                "WITHDRAWN: Labour leader PP53 1 beaten in North by 17 (Barsetshire), after the"
                " result of North was corrected; now LAB 1, majority 2 of 3."
            ),
        )
    ]


def test_other_kinds_come_after_incumbent_out_and_control() -> None:
    """Within retractions and within raised alerts: incumbent out, control, then the others."""
    _, alerts = folded_with_alerts(
        OPENING,
        declared("north", [(CON, 500), (LAB, 499), (LD, 1)]),
        declared("south", [(CON, 500), (LAB, 499), (LD, 1)]),
        declared("south", [(CON, 499), (LAB, 502), (LD, 1)], revision=2),
        declared("west", [(LAB, 300), (CON, 299), (LD, 1)]),
        declared("south", [(CON, 500), (LAB, 499), (LD, 1)], revision=3),
    )

    assert [(each.kind, each.action) for each in alerts] == [
        ("incumbent_out", "retract"),
        ("control", "retract"),
        ("result", "retract"),
        ("knife_edge", "retract"),
        ("control", "raise"),
        ("result", "raise"),
        ("knife_edge", "raise"),
    ]


def test_what_was_told_of_a_ward_is_withdrawn_with_it() -> None:
    """An opening that no longer lists a ward takes back what was told of it."""
    _, alerts = folded_with_alerts(
        OPENING,
        declared("north", [(CON, 500), (LAB, 499), (LD, 1)]),
        opened(*THREE[1:], before=CON, revision=2),
    )

    assert [action for action, _ in other(alerts, "knife_edge")] == ["retract"]


def test_a_retraction_has_its_proof() -> None:
    """How it stands now."""
    _, alerts = folded_with_alerts(
        OPENING, won("north", CON), won("south", CON), won("south", LAB, revision=2)
    )

    assert alerts[0].proof[:2] == (
        "so far CON 1, LAB 1 of 3; majority 2",
        "2 of 3 wards declared, 1 seat open",
    )


def test_candidates_of_parties_without_an_id_are_named_by_their_label() -> None:
    """In the line of a knife edge and in its proof."""
    event = declared("north", [(CON, 500), (LAB, 497)])
    local = replace(event.candidates[0], party_id="", party="Local Party")
    _, alerts = folded_with_alerts(
        opened(ward("north")), event.model_copy(update={"candidates": (local, event.candidates[1])})
    )

    knife_edge = next(alert for alert in alerts if alert.kind == "knife_edge")
    assert knife_edge.text == (
        "North, Barsetshire: the seat went by 3 votes to Local Party;"
        " 2 voters moving from PP52 1 (Local Party) to PP53 1 (LAB) would have changed it."
    )
    assert knife_edge.proof[0] == "North: PP52 1 (Local Party) 500, PP53 1 (LAB) 497"


def test_an_alert_without_a_ballot_names_no_ward() -> None:
    """Neither what the opening makes certain nor what a whole result does."""
    held = opened(ward("north", 1, {CON: 1}), not_up={LAB: 5}, council_gss="E07000001")
    _, at_opening = folded_with_alerts(held)
    _, as_whole = folded_with_alerts(OPENING, as_a_whole({CON: 2, LAB: 1}))

    assert (at_opening[0].ward, as_whole[0].ward) == ("", "")
    assert (at_opening[0].council_gss, as_whole[0].council_gss) == ("E07000001", "")


def test_a_status_has_nothing_to_prove() -> None:
    """There are no votes behind a recount."""
    _, alerts = folded_with_alerts(OPENING, noticed("north", "recount"))

    assert alerts[0].proof == ()


@pytest.mark.parametrize(
    ("votes", "elected", "by"),
    [
        ([(CON, 17), (LAB, 0)], None, " by 17"),
        ([(CON, 0), (LAB, 0)], [0], " by lot"),
        ([(CON, 5), (LAB, 5)], [0], " by lot"),
    ],
)
def test_no_votes_are_votes(
    votes: list[tuple[str, int | None]], elected: list[int] | None, by: str
) -> None:
    """A notable candidate may have none, and so may the winner; nobody is beaten by less."""
    _, alerts = folded_with_alerts(
        notable(name="PP53 1"), declared("north", votes, elected=elected)
    )

    assert [text for _, text in other(alerts, "notable_beaten")] == [
        f"Labour leader PP53 1 beaten in North{by} (Barsetshire)."
    ]


def test_nobody_is_beaten_before_the_lot_is_drawn_or_the_ward_declares() -> None:
    """A tie beats nobody yet."""
    assert other(folded_with_alerts(notable(name="PP53 1"))[1], "notable_beaten") == []
    assert (
        other(
            folded_with_alerts(notable(name="PP53 1"), declared("north", [(CON, 9), (LAB, 9)]))[1],
            "notable_beaten",
        )
        == []
    )


@pytest.mark.parametrize(("label", "count"), [("Local Party", 1), ("Other Party", 0)])
def test_a_notable_candidate_of_a_party_without_an_id_is_known_by_its_label(
    label: str, count: int
) -> None:
    """Two candidates of one name may stand for different local parties."""
    person = Nominee(candidate="A Leader", party="Local Party", office="Council leader")
    others = (Nominee(candidate="A Leader", party="Other Party"), *(THREE[0].candidates or ()))
    listed = ward("north").model_copy(update={"candidates": (person, *others)})
    event = declared("north", [(CON, 900), (LAB, None)], elected=[0])
    loser = replace(event.candidates[1], candidate="A LEADER", party_id="", party=label)
    _, alerts = folded_with_alerts(
        opened(listed), event.model_copy(update={"candidates": (event.candidates[0], loser)})
    )

    assert len(other(alerts, "notable_beaten")) == count


def test_a_decider_alert_has_the_seats_of_the_council_as_its_proof() -> None:
    """The ward itself has no figures yet."""
    _, alerts = folded_with_alerts(OPENING, won("north", CON), won("south", LAB))
    decider = next(alert for alert in alerts if alert.kind == "decider")

    assert decider.proof == (
        "so far CON 1, LAB 1 of 3; majority 2",
        "2 of 3 wards declared, 1 seat open",
        "can end with: CON 1–2, LAB 1–2, LD 0–1",
    )
