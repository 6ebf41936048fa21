from __future__ import annotations

import pytest

from election.rules.majority import counted_under, majority, may_control
from tests.support.polls import CON, IND, LAB, counted, opened, ward, won


@pytest.mark.parametrize(("seats", "needed"), [(1, 1), (2, 2), (3, 2), (60, 31), (63, 32)])
def test_control_takes_more_than_half_of_all_seats(seats: int, needed: int) -> None:
    """A party controls if it holds more than half of all seats."""
    assert needed == majority(seats)


def test_exactly_half_is_no_overall_control() -> None:
    """Walsall 2014: Labour's 30 of 60 are no majority, whoever has the casting vote."""
    count = counted(
        opened(ward("north", 2, {LAB: 2, CON: 2}), total=4, not_up={LAB: 0, CON: 2}),
        won("north", LAB, LAB),
    )

    assert count.control == "NOC"


def test_vacant_and_postponed_seats_stay_in_the_total() -> None:
    """The majority is that of all seats, even of those that nobody fills."""
    count = counted(opened(ward("north", 3, {CON: 3}), total=7, cycle="all-out"))

    assert (count.seats_total, count.majority, count.control) == (7, 4, "NOC")


def test_independents_form_no_majority_together() -> None:
    """Independents who win every seat leave the council without overall control."""
    count = counted(opened(ward("north", 3, {IND: 3})), won("north", IND, IND, IND))

    assert count.control == "NOC"


def test_independents_form_a_majority_if_the_council_is_marked_so() -> None:
    """A council can be marked as one whose independents are a group."""
    count = counted(
        opened(ward("north", 3, {IND: 3}), independents_as_party=True),
        won("north", IND, IND, IND),
    )

    assert count.control == IND


def test_a_local_party_is_a_party() -> None:
    """The Ashfield Independents can control, though their name says independents."""
    assert may_control("PP3902", independents_as_party=False)
    assert may_control("Ashfield Independents", independents_as_party=False)
    assert not may_control(IND, independents_as_party=False)


@pytest.mark.parametrize(
    ("party_id", "party", "key"),
    [
        ("PP52", "Conservative and Unionist Party", "PP52"),
        ("joint-party:53-119", "Labour and Co-operative Party", "PP53"),
        ("", "Ashfield Independents", "Ashfield Independents"),
        ("", "Independent", IND),
        ("Independent", "", IND),
        ("", "", IND),
    ],
)
def test_seats_are_counted_under_the_party(party_id: str, party: str, key: str) -> None:
    """Joint candidates are Labour; without an id the label counts; without both, independent."""
    assert key == counted_under(party_id, party)
