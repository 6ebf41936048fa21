from __future__ import annotations

from typing import Any

import pytest

from schemas.examples import TOTALS
from schemas.party import NOC
from schemas.totals import CouncilTotals, PartyTotals
from services.ticker.pages.council_wording import before, plain_headline
from services.ticker.pages.tally import standing, tally, to_none
from tests.support.past_night import totals_after


def party(key: str, seats: int, needs: int | None = None) -> PartyTotals:
    """Returns a party with seats."""
    return PartyTotals(
        party_id=key,
        party=key,
        seats_not_up=0,
        seats_won=seats,
        seats=seats,
        best=seats,
        least=seats,
        needs=needs,
    )


def council(**changes: Any) -> CouncilTotals:
    """Returns a council of 63 seats, complete."""
    known = {
        "seats_total": 63,
        "majority": 32,
        "complete": True,
        "before_any_vote": False,
        "wards_declared": 21,
        "parties": (party("PP53", 52), party("PP52", 11)),
        "control": "PP53",
        "control_before": "PP53",
        "outcome": "hold",
        "seats_to_none": None,
        "seats_to_decision": None,
    }
    return TOTALS.model_copy(update=known | changes)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "Lab hold: 52 of 63, 20 over"),
        ({"complete": False}, "Lab hold: 52 of 63 so far, 20 over"),
        (
            {"outcome": "gain", "control_before": "PP52", "parties": (party("PP53", 32),)},
            "Lab gain from Con: 32 of 63, exactly a majority",
        ),
        (
            {"outcome": "gain_from_noc", "control_before": NOC},
            "Lab gain from no overall control: 52 of 63, 20 over",
        ),
        ({"outcome": None, "control_before": None}, "Lab: 52 of 63, 20 over"),
        (
            {
                "control": NOC,
                "outcome": "loss_to_noc",
                "parties": (party("PP52", 21), party("PP53", 20)),
            },
            "No overall control: Con largest, 21 of 63, 11 short; Lab before",
        ),
        (
            {
                "control": NOC,
                "control_before": NOC,
                "outcome": "noc_hold",
                "parties": (party("PP52", 24), party("PP53", 24), party("PP90", 15)),
            },
            "No overall control: Con and Lab largest, 24 each of 63, 8 short; none before either",
        ),
        (
            {"control": NOC, "control_before": None, "outcome": None, "parties": ()},
            "No overall control",
        ),
        ({"complete": False, "parties": (party("PP53", 20),)}, "Lab hold: 20 of 63 so far"),
    ],
)
def test_a_tally_says_the_seats_and_how_many_over_or_short(
    changes: dict[str, Any], text: str
) -> None:
    """And without a majority who is largest, and who had control before."""
    assert tally(council(**changes)) == text


def test_a_tally_never_repeats_the_name_of_its_council() -> None:
    """Which stands above it in the list."""
    for totals in totals_after("england-2021", 1.0):
        if totals.control is not None:
            assert totals.name not in tally(totals)


def test_no_overall_control_is_near_only_once_votes_are_counted() -> None:
    """Before that it is no news how far anybody is."""
    near = council(control=None, seats_to_none=3, seats_to_decision=3)

    assert to_none(near) == "No overall control is 3 seats away"
    assert to_none(near.model_copy(update={"wards_declared": 0})) == ""
    assert to_none(near.model_copy(update={"seats_to_decision": 1})) == ""


def test_a_party_in_the_race_says_what_it_still_needs() -> None:
    """And nothing of needs once it has a majority."""
    assert standing(party("PP53", 30, 2)) == "Lab 30, 2 more for a majority"
    assert standing(party("PP53", 52, 0)) == "Lab 52"


@pytest.mark.parametrize(
    ("control_before", "headline", "said"),
    [
        (NOC, "Still no overall control in Bolton", "no overall control before"),
        ("PP53", "Lab lose Bolton: no overall control", "Lab in control before"),
        (None, "No overall control in Bolton", ""),
    ],
)
def test_no_overall_control_is_written_out(
    control_before: str | None, headline: str, said: str
) -> None:
    """Readers do not know what NOC is."""
    bolton = council(name="Bolton", control=NOC, control_before=control_before)

    assert plain_headline(bolton) == headline
    assert before(bolton) == said
