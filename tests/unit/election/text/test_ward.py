from __future__ import annotations

from dataclasses import replace

import pytest

from election.ward_totals import ward_totals
from schemas.events import Event
from schemas.ward import Candidate
from tests.support.polls import CON, LAB, LD, ballot, declared, folded, noticed, opened, ward, won

WARDS = [ward("north", 3, {CON: 3, LAB: 3, LD: 1}), ward("east", 3), ward("south", 1, {CON: 1})]
CLOSE = [(CON, 1544), (CON, 1536), (LD, 1509), (CON, 1500), (LAB, 1463), (LAB, 1408), (LAB, 1381)]
PEOPLE = declared("east", [(CON, 1), (LAB, 1)]).candidates


def line(name: str, *events: Event) -> str:
    """Returns a ward's line after events of its opened council."""
    council = folded(opened(*WARDS, total=8), *events)
    return ward_totals(council, ballot(name)).text


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (
            [declared("north", CLOSE, 3)],
            (
                "CON 2, LD 1, last seat by 9 votes, 5 voters moving from PP90 1 (LD) to"
                " PP52 3 (CON) would have changed it"
            ),
        ),
        (
            [
                declared(
                    "north",
                    [(CON, 3), (CON, 0), (CON, 0), (LAB, 2), (LAB, 1), (LAB, 0), (LD, 0)],
                    3,
                )
            ],
            (
                "LAB 2, CON 1, last seat by 1 vote, 1 voter moving from PP53 2 (LAB) to"
                " PP52 2 (CON) would have changed it"
            ),
        ),
        ([declared("north", [(CON, None)] * 3, 3, elected=[0, 1, 2])], "CON 3"),
        (
            [declared("north", [(CON, None)] * 3, 3, [0, 1, 2], revision=2, correction="court")],
            "CON 3 (corrected: court)",
        ),
        ([declared("north", [(CON, None)], 3, [0])], "CON 1, 2 seats to come"),
        (
            [declared("north", [(CON, None), (LAB, None)], 3, [0, 1])],
            "CON 1, LAB 1, 1 seat to come",
        ),
        (
            [
                declared(
                    "north",
                    [(CON, 9), (CON, 8), (CON, 5), (LAB, 5), (LAB, 1), (LAB, 1), (LD, 0)],
                    3,
                )
            ],
            "tied for the last seat, waiting for the lot",
        ),
        ([], "not declared yet"),
        ([noticed("north", "counting")], "being counted"),
        ([noticed("north", "recount")], "recount"),
        ([noticed("north", "recount", recount=2)], "recount number 2"),
        ([noticed("north", "postponed")], "postponed"),
        ([noticed("north", "countermanded")], "countermanded: a new poll follows"),
    ],
)
def test_a_line_says_who_won_a_ward_and_by_how_little_or_where_its_count_stands(
    events: list[Event], expected: str
) -> None:
    """One line for each stage of a count."""
    assert line("north", *events) == f"North, Barsetshire: {expected}"


def test_a_ward_without_a_contest_is_elected_without_a_poll() -> None:
    """Its notice says so, and no result follows."""
    assert line("south", noticed("south", "uncontested")) == (
        "South, Barsetshire: elected without a poll"
    )


def test_a_last_seat_between_two_of_one_party_has_no_voters_who_would_have_changed_it() -> None:
    """Whichever of the two is elected, the party has the seat."""
    event = declared("east", [(CON, 90), (CON, 80), (CON, 70), (CON, 69), (LAB, 5)], 3)

    assert line("east", event) == (
        "East, Barsetshire: CON 3, last seat by 1 vote between two of CON"
    )


def test_a_party_without_an_abbreviation_is_called_as_on_the_ballot_paper() -> None:
    """A local party has its own label; without one its id stands in."""
    named = Candidate(candidate="A", party="Ashfield Independents", party_id="PP3902", votes=9)
    unnamed = Candidate(candidate="B", party_id="PP9999", votes=8)
    event = declared("east", [(CON, 1)], 3).model_copy(
        update={"candidates": (named, unnamed, replace(named, candidate="C"), *PEOPLE)}
    )

    assert line("east", event).startswith("East, Barsetshire: Ashfield Independents 2, PP9999 1")


def test_a_ballot_of_an_unopened_council_is_named_by_its_ids() -> None:
    """While no opening is known, ward and council are called by their ids."""
    council = folded(won("st-johns-wood", CON))

    assert ward_totals(council, ballot("st-johns-wood")).text == (
        "St Johns Wood, Barsetshire: CON 1"
    )


def test_a_line_is_no_longer_than_the_schemas_allow() -> None:
    """Absurdly long names are cut."""
    long = ward("north", 1).model_copy(update={"ward": "N" * 300})
    council = folded(opened(long))

    assert ward_totals(council, ballot("north")).text == f"{'N' * 299}…"
