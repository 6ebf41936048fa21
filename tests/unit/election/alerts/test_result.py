"""The alert that follows when every seat of a council that is up is decided."""

from __future__ import annotations

import pytest

from election.council import Council
from election.fold import apply
from schemas.alert import Alert
from schemas.council import PartyStanding
from schemas.events import Event
from schemas.party import INDEPENDENT
from tests.support.polls import (
    CON,
    IND,
    LAB,
    LD,
    as_a_whole,
    ballot,
    declared,
    folded_with_alerts,
    noticed,
    opened,
    ward,
    won,
)

THREE = [ward(name, 1, {CON: 1, LAB: 1, LD: 1}) for name in ("north", "south", "west")]
STANDING = (
    PartyStanding(party_id=CON, seats_eve_of_poll=3, seats_last_election=2),
    PartyStanding(party_id=LAB, seats_eve_of_poll=0, seats_last_election=1),
)
OPENING = opened(*THREE, before=CON, standing=STANDING)
DECLARED: list[Event] = [OPENING, won("north", CON), won("south", CON), won("west", LD)]


def results(*events: Event) -> list[tuple[str, str]]:
    """Returns every alert of the result that events raise and withdraw: action and text."""
    council: Council | None = None
    found: list[Alert] = []
    for event in events:
        council, effects = apply(event, council)
        found += effects.alerts
    return [(each.action, each.text) for each in found if each.kind == "result"]


def test_a_result_follows_when_the_last_ward_declares() -> None:
    """All seats, each change with its baseline; control was called a ward before."""
    assert results(*DECLARED[:-1]) == []
    assert results(*DECLARED) == [
        (
            "raise",
            (
                "CON HOLD Barsetshire, full result: CON 2 (−1), LD 1 (+1) of 3, majority 2;"
                " changes since the eve of poll."
            ),
        )
    ]


def test_a_result_says_what_control_does_and_who_caused_it() -> None:
    """Its fields are those of the control alert."""
    _, alerts = folded_with_alerts(*DECLARED)
    (alert,) = alerts

    assert (alert.control, alert.outcome, alert.change) == (CON, "hold", False)
    assert (alert.from_, alert.to, alert.cause) == (CON, CON, ballot("west"))
    assert alert.proof[:2] == ("CON 2, LD 1 of 3; majority 2", "3 of 3 wards declared")
    assert "against the eve of poll: LD +1, CON −1" in alert.proof
    assert "against the last election: LD +1, LAB −1" in alert.proof


def test_without_the_eve_of_poll_the_change_is_since_the_last_election() -> None:
    """Notional where boundaries were redrawn; none where neither is known."""
    last = (PartyStanding(party_id=CON, seats_last_election=3),)
    redrawn = opened(*THREE, standing=last, last_election_notional=True)

    assert (
        "CON 2 (−1), LD 1 (+1) of 3, majority 2; changes since the last election (notional)."
        in (results(redrawn, *DECLARED[1:])[0][1])
    )
    assert results(opened(*THREE), *DECLARED[1:])[0][1] == (
        "CON WIN Barsetshire, full result: CON 2, LD 1 of 3, majority 2."
    )


def test_no_overall_control_says_who_is_how_many_short() -> None:
    """Bradford 2012: Labour one short of 46."""
    whole = as_a_whole({LAB: 45, CON: 24, LD: 8, "Respect": 5, IND: 5, "PP63": 3})

    assert results(opened(total=90, before="NOC"), whole)[0][1] == (
        "NOC HOLD Barsetshire, full result: LAB 45, CON 24, LD 8, Respect 5, IND 5, GREEN 3 of 90,"
        " majority 46, LAB one short."
    )


@pytest.mark.parametrize(
    ("seats", "short"),
    [
        ({CON: 4, LAB: 4, LD: 2}, "CON and LAB each two short"),
        ({IND: 6, CON: 3, LAB: 1}, "independents form no majority, CON three short"),
        ({INDEPENDENT: 10}, "independents form no majority"),
        ({IND: 5, CON: 3, LAB: 2}, "CON three short"),
        ({"NOC": 7, CON: 2, LAB: 1}, "CON four short"),
    ],
)
def test_the_largest_party_is_the_one_that_is_short(seats: dict[str, int], short: str) -> None:
    """Independents are no party, however many they are."""
    assert results(opened(total=10), as_a_whole(seats))[0][1].endswith(f", {short}.")


def test_a_result_has_the_turnout_if_every_ward_has() -> None:
    """One ward without it leaves the council without."""
    votes = {"num_turnout_reported": 40, "total_electorate": 100}
    wards = [won(name, CON, **votes) for name in ("north", "south", "west")]

    assert results(OPENING, *wards)[0][1].endswith("; turnout 40.0%.")
    assert "turnout" not in results(OPENING, *wards[:2], won("west", CON))[0][1]


def test_a_correction_that_moves_a_seat_withdraws_the_result_and_tells_it_anew() -> None:
    """Even where control stays: the seats that were told are no longer true."""
    told = results(*DECLARED, won("west", CON, revision=2))[1:]

    assert told == [
        (
            "retract",
            (
                "WITHDRAWN: full result of Barsetshire: CON 2, LD 1, after the result of West was"
                " corrected; now CON 3, majority 2 of 3."
            ),
        ),
        (
            "raise",
            (
                "CON HOLD Barsetshire, full result: CON 3 (±0) of 3, majority 2; changes since the"
                " eve of poll."
            ),
        ),
    ]


def test_a_correction_of_votes_or_turnout_alone_repeats_no_result() -> None:
    """Nobody's seats have changed."""
    other = won("west", LD, revision=2, turnout_percentage=30.0, total_electorate=1_000)

    assert len(results(*DECLARED, other)) == 1


def test_another_candidate_without_a_seat_repeats_no_result() -> None:
    """A correction adds somebody of a party that has won nothing."""
    opening = opened(ward("north"), before=CON, standing=STANDING[:1])
    first = declared("north", [(CON, 90), (LAB, 8)])
    other = declared("north", [(CON, 90), (LAB, 8), (LD, 7)], revision=2)

    assert [action for action, _ in results(opening, first, other)] == ["raise"]


def test_a_corrected_baseline_is_told_anew() -> None:
    """The changes were printed with it."""
    other = opened(*THREE, before=CON, standing=STANDING[:1], revision=2)

    assert [action for action, _ in results(*DECLARED, other)] == ["raise", "retract", "raise"]


def test_a_council_that_is_no_longer_complete_has_its_result_withdrawn() -> None:
    """A ward that the opening had left out is still to be polled."""
    wider = opened(*THREE, ward("east", 1), before=CON, standing=STANDING, revision=2)

    assert [action for action, _ in results(*DECLARED, wider)] == ["raise", "retract"]


def test_a_poll_that_is_held_later_keeps_the_result_open() -> None:
    """Barnet 2014 was complete five weeks after the night."""
    events = [*DECLARED[:-1], noticed("west", "postponed")]

    assert results(*events) == []
    assert len(results(*events, won("west", LD))) == 1


def test_uncontested_wards_complete_a_council_without_a_vote() -> None:
    """All seats are filled."""
    opening = opened(ward("north", 2, {CON: 1}), before=CON)

    assert results(opening, noticed("north", "uncontested"))[0][1] == (
        "CON LOSE Barsetshire to NOC, full result: CON 1 of 2, majority 2, 1 vacant, CON one short."
    )


def test_a_council_without_any_poll_has_no_result() -> None:
    """Nothing is up, so nothing follows."""
    assert results(opened(total=3, not_up={CON: 3}, before=CON)) == []


def test_seats_that_nobody_accounts_for_keep_the_result_open() -> None:
    """Every listed ward has declared, but somebody may hold two seats that nobody has stated."""
    north = ward("north", 1, {CON: 1, LAB: 1})
    events = [opened(north, total=3, not_up={CON: None}), won("north", LAB)]
    stated = opened(north, total=3, not_up={CON: 2}, revision=2)

    assert results(*events) == []
    assert [action for action, _ in results(*events, stated)] == ["raise"]


def test_seats_of_a_ward_declared_in_part_keep_the_result_open() -> None:
    """Two of three are declared; the third completes the council."""
    part = declared("north", [(CON, None), (LAB, None)], 3, [0, 1])
    opening = opened(ward("north", 3, {CON: 2, LAB: 2}), before=CON)

    assert results(opening, part) == []
    assert [text for _, text in results(opening, part, won("north", CON, LAB, CON))] == [
        "CON HOLD Barsetshire, full result: CON 2, LAB 1 of 3, majority 2."
    ]


def test_a_correction_that_opens_a_seat_again_withdraws_the_result() -> None:
    """Nothing follows until the seat is declared anew."""
    opening = opened(ward("north", 3, {CON: 2, LAB: 2}), before=CON)
    told = [opening, won("north", CON, CON, LAB)]
    part = declared("north", [(CON, None), (LAB, None)], 3, [0, 1], revision=2)
    last = won("north", CON, LAB, LAB, revision=3)

    assert results(*told, part)[1:] == [
        (
            "retract",
            (
                "WITHDRAWN: full result of Barsetshire: CON 2, LAB 1, after the result of North"
                " was corrected; now CON 1, LAB 1, majority 2 of 3."
            ),
        )
    ]
    assert [action for action, _ in results(*told, part, last)] == ["raise", "retract", "raise"]


def test_a_running_score_is_no_result() -> None:
    """Two of the council's ten seats are not counted yet."""
    score = as_a_whole({LAB: 6, CON: 2})
    opening = opened(total=10, before=LAB, seats_vacant=None)

    assert results(opening, score) == []
    assert [text for _, text in results(opening, score, as_a_whole({LAB: 6, CON: 4}, 2))] == [
        "LAB HOLD Barsetshire, full result: LAB 6, CON 4 of 10, majority 6."
    ]


def test_out_is_told_by_the_control_alert_of_the_same_event() -> None:
    """Its `told_by` names it; without a successor an incumbent's end stands alone."""
    _, together = folded_with_alerts(OPENING, won("north", LAB), won("south", LAB))
    _, alone = folded_with_alerts(OPENING, won("north", LAB), won("south", LD))

    assert [each.kind for each in together[:2]] == ["incumbent_out", "control"]
    assert together[0].told_by == together[1].id
    assert [each.kind for each in alone[:1]] == ["incumbent_out"]
    assert alone[0].told_by is None
    assert {each.told_by for each in together[1:]} == {None}


def test_a_correction_that_swaps_winner_and_loser_withdraws_what_was_told_of_the_ward() -> None:
    """Hartley 2021, as corrected in a rehearsal: the same two figures, the other way round."""
    close = declared("north", [(CON, 869), (LAB, 868), (LD, 7)])
    swapped = declared("north", [(CON, 868), (LAB, 869), (LD, 7)], revision=2)
    _, alerts = folded_with_alerts(OPENING, close, swapped)

    assert [(each.action, each.text) for each in alerts if each.kind == "knife_edge"] == [
        (
            "retract",
            (
                "WITHDRAWN: North, Barsetshire: the seat went by 1 vote to CON; 1 voter moving from"
                " PP52 1 (CON) to PP53 1 (LAB) would have changed it, after the result of North was"
                " corrected; now LAB 1, majority 2 of 3."
            ),
        ),
        (
            "raise",
            (
                "North, Barsetshire: the seat went by 1 vote to LAB; 1 voter moving from"
                " PP53 1 (LAB) to PP52 1 (CON) would have changed it."
            ),
        ),
    ]


def test_a_knife_edge_repeats_nothing_while_its_line_stays_true() -> None:
    """A correction of the third candidate changes neither margin nor names."""
    close = declared("north", [(CON, 869), (LAB, 868), (LD, 20)])
    other = declared("north", [(CON, 869), (LAB, 868), (LD, 30)], revision=2)

    assert [each.kind for each in folded_with_alerts(OPENING, close, other)[1]] == []


def test_a_seat_between_two_of_one_party_is_no_knife_edge() -> None:
    """Nor is it called one on the page."""
    opening = opened(ward("north", 1, {LAB: 2, CON: 1}), THREE[1], before=CON)
    _, alerts = folded_with_alerts(opening, declared("north", [(LAB, 500), (LAB, 500), (CON, 9)]))

    assert "knife_edge" not in {each.kind for each in alerts}


def test_a_knife_edge_that_is_not_the_last_seat_says_which_seat_it_is() -> None:
    """The last two are of one party, and the first elected is nearly overtaken."""
    opening = opened(ward("north", 2, {CON: 1, LAB: 2, LD: 1}), before=CON)
    votes = [(CON, 505), (LAB, 500), (LAB, 499), (LD, 300)]
    _, alerts = folded_with_alerts(opening, declared("north", votes, 2))

    assert [each.text for each in alerts if each.kind == "knife_edge"] == [
        (
            "North, Barsetshire: the first seat went by 6 votes to CON; 5 voters moving from"
            " PP52 1 (CON) to PP53 1 (LAB) and PP53 2 (LAB) would have changed it."
        )
    ]
