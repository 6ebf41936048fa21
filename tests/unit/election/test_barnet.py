"""Barnet, 22 May 2014, worked out by hand; the night itself is in nights/barnet-2014."""

from __future__ import annotations

from functools import cache

from election.council import Council
from election.fold import apply
from election.totals import council_totals
from election.ward_totals import ward_totals
from readers.night import load_night
from schemas.alert import Alert
from schemas.party import CONSERVATIVE, LABOUR, LIBERAL_DEMOCRATS
from schemas.totals import CouncilTotals

CHILDS_HILL = "local.barnet.childs-hill.2014-05-22"
COLINDALE = "local.barnet.colindale.2014-05-22"
COLINDALE_POLLED_LATER = "local.barnet.colindale.2014-06-26"


@cache
def night() -> tuple[list[Council], list[Alert]]:
    """Returns the council before and after Childs Hill and after 26 June, and all alerts."""
    played = load_night("barnet-2014")
    council: Council | None = None
    alerts: list[Alert] = []
    stages = []
    for event in (*played.openings, *played.on_the_night, None, *played.later):
        if event is None:
            assert council is not None
            stages.append(council)
            continue
        if getattr(event, "ballot_paper_id", "") == CHILDS_HILL:
            assert council is not None
            stages.append(council)
        council, effects = apply(event, council)
        alerts += effects.alerts
    assert council is not None
    return [*stages, council], alerts


def totals(stage: int) -> CouncilTotals:
    found = council_totals(night()[0][stage])
    assert found is not None
    return found


def seats(stage: int) -> dict[str, int]:
    return {party.party_id: party.seats for party in totals(stage).parties if party.seats}


def test_before_childs_hill_barnet_is_undetermined() -> None:
    """Conservatives 30, Labour 27, with 3 seats open here and 3 at Colindale."""
    found = totals(0)

    assert seats(0) == {CONSERVATIVE: 30, LABOUR: 27}
    assert (
        found.seats_total,
        found.majority,
        found.wards_declared,
        found.wards_total,
    ) == (63, 32, 19, 21)
    assert (
        found.control,
        found.outcome,
        found.incumbent_out,
        found.votes_to_flip,
    ) == (None, "undetermined", False, None)
    assert {
        party.party_id: (party.best, party.least, party.needs)
        for party in found.parties
        if party.needs is not None
    } == {CONSERVATIVE: (36, 30, 2), LABOUR: (33, 27, 5)}


def test_barnet_hangs_on_childs_hill() -> None:
    """Two seats there hold it; Labour needs two there and all three of Colindale later."""
    assert totals(0).explanation == (
        "Barnet: no result yet, 19 of 21 wards declared: CON 30, LAB 27, majority 32 of 63;"
        " Barnet hangs on Childs Hill: CON hold with 2 of 3 seats, LAB must win 2 of 3 seats to"
        " stay in it."
    )
    assert [(each.ballot_paper_id, each.decides) for each in totals(0).deciders] == [
        (CHILDS_HILL, True),
        (COLINDALE, False),
    ]


def test_childs_hill_settles_barnet() -> None:
    """Conservatives 32, exactly the majority: a hold, by 9 votes, and 38 voters from a loss."""
    found = totals(1)

    assert seats(1) == {CONSERVATIVE: 32, LABOUR: 27, LIBERAL_DEMOCRATS: 1}
    assert (
        found.control,
        found.outcome,
        found.settled_at,
        found.votes_to_flip,
    ) == (CONSERVATIVE, "hold", CHILDS_HILL, 38)
    assert found.explanation == (
        "CON HOLD Barnet: 32 of 63 so far, majority 32, 1 ward to come, settled at Childs Hill,"
        " where the third seat went by 9 votes; 38 voters in Childs Hill moving from"
        " Zinkin, Peter (CON) to Smith, Andrew (LAB) would have left it open."
    )


def test_childs_hill_went_by_9_votes() -> None:
    """Cohen on 1,509 was elected, Grover on 1,500 was not; 5 voters make it 1,504 to 1,505."""
    found = ward_totals(night()[0][1], CHILDS_HILL)

    assert (
        found.margin,
        found.knife_edge,
        found.votes_to_flip,
        found.seats_won,
    ) == (9, True, 5, {CONSERVATIVE: 2, LIBERAL_DEMOCRATS: 1})


def test_exactly_one_control_alert_is_raised() -> None:
    """It is raised at Childs Hill, and nothing later changes it."""
    alerts = [alert for alert in night()[1] if alert.kind in {"control", "incumbent_out"}]

    assert [
        (
            alert.action,
            alert.control,
            alert.outcome,
            alert.change,
            alert.cause,
            alert.cause_revision,
            alert.retracts,
        )
        for alert in alerts
    ] == [("raise", CONSERVATIVE, "hold", False, CHILDS_HILL, 1, None)]
    assert alerts[0].proof == (
        "so far CON 32, LAB 27, LD 1 of 63; majority 32",
        "20 of 21 wards declared, 3 seats open",
        "can end with: CON 32–35, LAB 27–30, LD 1–4",
        "Childs Hill: Cohen, Jack B. (LD) 1,509, Grover, Rohit R. (CON) 1,500",
        "Childs Hill: 38 voters from Zinkin, Peter (CON) 1,536 to Smith, Andrew (LAB) 1,463",
        "Conservative since 1964 except NOC 1994–2002",
    )


def test_the_night_raises_what_else_a_reporter_needs() -> None:
    """Colindale's countermand, the close wards, and what Barnet hangs on; nothing is withdrawn."""
    assert sorted(
        (
            (alert.kind, alert.text.split(",")[0].split(":")[0])
            for alert in night()[1]
            if alert.kind not in {"control", "result"}
        ),
        key=lambda each: ["postponed", "knife_edge", "decider"].index(each[0]),
    ) == [
        ("postponed", "Colindale"),
        ("knife_edge", "Hale"),
        ("knife_edge", "Childs Hill"),
        ("decider", "Barnet hangs on Childs Hill"),
    ]
    assert {"raise"} == {alert.action for alert in night()[1]}


def test_the_poll_of_26_june_completes_the_council() -> None:
    """Labour takes Colindale's 3 on a ballot that replaces the old: Con 32, Lab 30, LD 1."""
    found = totals(2)

    assert seats(2) == {CONSERVATIVE: 32, LABOUR: 30, LIBERAL_DEMOCRATS: 1}
    assert (
        found.wards_declared,
        found.wards_total,
        found.seats_declared,
        found.seats_vacant,
    ) == (21, 21, 63, 0)
    assert (found.settled_at, found.votes_to_flip) == (CHILDS_HILL, 38)
    assert night()[1][-1].kind == "result"
    assert night()[1][-1].text == (
        "CON HOLD Barnet, full result: CON 32 (−6), LAB 30 (+8), LD 1 (−2) of 63, majority 32;"
        " changes since the eve of poll."
    )
    assert COLINDALE_POLLED_LATER in night()[0][2].wards
    assert not night()[0][2].wards[COLINDALE].counts
