"""What the public reads of an alert, case by case."""

from __future__ import annotations

import pytest

from election.council import Council
from election.fold import apply
from schemas.alert import Alert
from schemas.council import Nominee, PartyStanding
from schemas.events import Event
from schemas.party import INDEPENDENT, NOC
from schemas.ward import Candidate
from tests.support.polls import CON, LAB, LD, as_a_whole, declared, noticed, opened, ward, won

NAMES = ("north", "south", "west", "east", "mid")
FIVE = [ward(name, 1, {CON: 1, LAB: 1, LD: 1}) for name in NAMES]


def told(*events: Event) -> list[Alert]:
    """Returns every alert of events, none of which may be refused."""
    council: Council | None = None
    found: list[Alert] = []
    for event in events:
        council, effects = apply(event, council)
        assert effects.rejection is None
        assert effects.failure is None
        found += effects.alerts
    return found


def last(kind: str, *events: Event) -> str:
    """Returns the paragraph of the last alert of a kind."""
    return [alert.paragraph for alert in told(*events) if alert.kind == kind][-1]


@pytest.mark.parametrize(
    ("before", "party", "lead"),
    [
        (CON, CON, "The Conservatives have kept control of Barsetshire."),
        (LAB, CON, "The Conservatives have won control of Barsetshire from Labour."),
        (
            NOC,
            LD,
            (
                "The Liberal Democrats have won control of Barsetshire, where no party had a"
                " majority before."
            ),
        ),
        (None, LAB, "Labour have won a majority in Barsetshire."),
    ],
)
def test_a_flash_says_who_has_control_and_what_it_rests_on(
    before: str | None, party: str, lead: str
) -> None:
    """With the seats of the party, what a majority takes and what is still to come."""
    called = [won(name, party) for name in NAMES[:3]]

    assert last("control", opened(*FIVE, before=before), *called) == (
        f"{lead} With two wards still to declare, they have 3 of its 5 seats; 3 make a majority."
        " The result in West made it certain."
    )


def test_a_flash_of_a_loss_says_what_is_out_of_reach() -> None:
    """It is not taken for a result: no party can win a majority, with a ward still to come."""
    results = [won("north", CON), won("south", CON), won("west", LAB), won("east", LAB)]
    wards = [*FIVE, ward("far", 1, {LD: 1, LAB: 1})]

    assert last("control", opened(*wards, before=CON), *results, won("mid", LD)) == (
        "The Conservatives have lost control of Barsetshire. They can no longer reach the 4 of 6"
        " seats that a majority takes: they have 2, with one ward still to declare. No party can"
        " win a majority. The result in Mid made it certain."
    )


def test_what_is_certain_before_any_vote_says_so_and_why() -> None:
    """Seats that are not up settle it; nothing sounds like a result."""
    north = ward("north", 1, {CON: 1, LAB: 1})
    opening = opened(north, total=5, not_up={CON: 3, LAB: 1}, before=CON)

    assert last("control", opening) == (
        "Whatever the votes, the Conservatives will keep control of Barsetshire. Of its 5 seats, 3"
        " are theirs and not up for election; 3 make a majority. No vote has been declared yet."
    )


def test_too_few_opponents_can_settle_a_council_too() -> None:
    """Then it says that too few others are standing."""
    unopposed = [ward(name, 1, {CON: 1}) for name in NAMES[:3]]

    assert "Too few others are standing to keep them below 3 seats" in last(
        "control", opened(*unopposed, *FIVE[3:], before=NOC)
    )


def test_independents_who_could_reach_a_majority_are_no_party() -> None:
    """Nobody reads that no party can win it beside independents with most seats, unexplained."""
    wards = [ward(name, 1, {INDEPENDENT: 1, LAB: 1}) for name in NAMES]
    results = [won(name, INDEPENDENT) for name in NAMES[:3]]

    assert "Independents have enough seats, but are not one party." in last(
        "control", opened(*wards, before=NOC), *results
    )


STANDING = (
    PartyStanding(party_id=CON, seats_eve_of_poll=4, seats_last_election=3),
    PartyStanding(party_id=LAB, seats_eve_of_poll=1, seats_last_election=2),
)


def test_a_final_has_all_seats_with_their_change_and_who_is_how_many_short() -> None:
    """The first change says since when; a party with no seats left is named."""
    results = [won(name, party) for name, party in zip(NAMES, (CON, LAB, LD, CON, LD), strict=True)]

    assert last("result", opened(*FIVE, before=CON, standing=STANDING), *results) == (
        "The full result in Barsetshire: the Conservatives have lost control and no party has a"
        " majority. The Conservatives have 2 seats (2 fewer than before the election), the Liberal"
        " Democrats 2 (2 more) and Labour 1 (no change). A majority takes 3 of the 5 seats; the"
        " Conservatives and the Liberal Democrats are each one short."
    )


def test_where_only_the_last_election_is_known_the_change_is_from_that() -> None:
    """And if it is notional, from what it would have given."""
    standing = (PartyStanding(party_id=CON, seats_last_election=2),)
    results = [won(name, CON) for name in NAMES]
    for notional, than in (
        (False, "than at the last election"),
        (True, "than the last election would have given on the new boundaries"),
    ):
        opening = opened(*FIVE, standing=standing, last_election_notional=notional)

        assert f"They have all 5 seats (3 more {than})." in last("result", opening, *results)


def test_a_final_of_a_party_that_one_voter_could_have_stopped_says_so() -> None:
    """With the ward and both candidates; a flash does not, while other wards are to come."""
    results = [won("north", CON), declared("south", [(CON, 10), (LAB, 9)]), won("west", CON)]
    rest = [won("east", LAB), won("mid", LAB)]
    wards = [FIVE[0], ward("south", 1, {CON: 1, LAB: 1}), *FIVE[2:]]
    alerts = told(opened(*wards, before=CON), *results, *rest)
    by_kind = {alert.kind: alert.paragraph for alert in alerts}

    assert "voter" not in by_kind["control"]
    assert (
        "Had one voter in South switched from PP52 1 (Conservative) to PP53 1 (Labour), they would"
        " have no majority." in by_kind["result"]
    )


def test_a_council_declared_as_a_whole_has_its_seats() -> None:
    """Without wards, and without votes."""
    opening = opened(total=5, before=LAB, seats_vacant=0)

    assert last("result", opening, as_a_whole({LAB: 3, CON: 2}, final=True)) == (
        "The full result in Barsetshire: Labour keep control. They have 3 of the 5 seats, and the"
        " Conservatives 2. A majority takes 3."
    )


def test_the_ward_that_a_council_hangs_on_is_said_with_what_each_party_needs() -> None:
    """In words that need no explanation, and what happens otherwise."""
    results = [won(name, CON) for name in NAMES[:2]] + [won(name, LD) for name in NAMES[2:4]]
    wards = [*FIVE[:4], ward("mid", 1, {CON: 1, LAB: 1})]

    assert last("decider", opened(*wards, before=CON), *results) == (
        "Control of Barsetshire now depends on one ward, Mid. The Conservatives keep control if"
        " they take its seat; otherwise no party has a majority."
    )


def one(votes: int | None, party: str, name: str, **more: bool) -> Candidate:
    """Returns a candidate."""
    return Candidate(candidate=name, party_id=party, votes=votes, **more)


@pytest.mark.parametrize(
    ("winner", "loser", "text"),
    [
        (
            one(500, CON, "Able, Ann Ms."),
            one(499, LAB, "Best, Bob"),
            (
                "Ann Able (Conservative) won the seat in North, Barsetshire, by one vote. Bob Best"
                " (Labour) had 499 against 500. Had one voter switched from one to the other, the"
                " result would have been different."
            ),
        ),
        (
            one(500, CON, "Ann Able", elected=True, tied_vote_winner=True),
            one(500, INDEPENDENT, "Bob Best", elected=False),
            (
                "Ann Able (Conservative) and Bob Best (independent) had the same number of votes"
                " for the seat in North, Barsetshire, and lots were drawn. Each had 500, and Ann"
                " Able is elected."
            ),
        ),
    ],
)
def test_a_close_seat_is_told_with_both_candidates(
    winner: Candidate, loser: Candidate, text: str
) -> None:
    """By votes, and by lot only if lots are said to have been drawn."""
    event = declared("north", [(CON, 1)]).model_copy(update={"candidates": (winner, loser)})

    assert last("knife_edge", opened(ward("north"), *FIVE[1:]), event) == text


def test_notices_are_told_in_plain_words() -> None:
    """A recount, a later one, a poll that is put off and one that is called off."""
    opening = opened(*FIVE)
    recounts = [noticed("north", "recount"), noticed("north", "recount", 2, recount=3)]

    assert [alert.paragraph for alert in told(opening, *recounts)] == [
        "The votes in North, Barsetshire, are being counted again.",
        "The votes in North, Barsetshire, are being counted again. It is the third recount.",
    ]
    assert last("postponed", opening, noticed("north", "postponed")) == (
        "The election in North, Barsetshire, has been postponed; its one seat stays open until"
        " then."
    )
    assert last("postponed", opening, noticed("north", "countermanded")) == (
        "The election in North, Barsetshire, has been called off; a new one will fill its one seat."
    )


def test_somebody_known_who_is_beaten_is_named_with_the_office() -> None:
    """And by how many votes."""
    leader = Nominee(candidate="Able, Ann", party_id=CON, office="Conservative leader")
    rival = Nominee(candidate="Best, Bob", party_id=LAB)
    north = FIVE[0].model_copy(update={"candidates": (leader, rival)})
    event = declared("north", [(CON, 1)]).model_copy(
        update={"candidates": (one(100, CON, "Able, Ann"), one(300, LAB, "Best, Bob"))}
    )

    assert last("notable_beaten", opened(north, *FIVE[1:]), event) == (
        "Conservative leader Ann Able has not been elected in North, Barsetshire: 200 votes fewer"
        " than the last candidate elected."
    )


def test_a_withdrawal_says_what_was_said_why_it_does_not_stand_and_what_is_now() -> None:
    """A reader who saw the first message knows which it was."""
    called = [won(name, CON) for name in NAMES[:3]]
    corrected = won("west", LAB, revision=2)

    assert last("control", opened(*FIVE, before=CON), *called, corrected) == (
        "An earlier report is withdrawn: that the Conservatives have control of Barsetshire. It no"
        " longer stands, after the result of West was corrected. Now, with two wards still to"
        " declare, the Conservatives have 2 seats, and Labour 1; 3 of its 5 seats make a majority."
    )


def test_places_and_parties_have_their_articles() -> None:
    """As a newspaper writes them."""
    event = opened(*FIVE, before=NOC).model_copy(update={"name": "Isle of Wight"})
    results = [won(name, "Residents Association") for name in NAMES[:3]]
    wards = [ward(name, 1, {"Residents Association": 1, CON: 1}) for name in NAMES]
    event = event.model_copy(update={"wards": tuple(wards)})

    assert last("control", event, *results).startswith(
        "The Residents Association have won control of the Isle of Wight, where"
    )
