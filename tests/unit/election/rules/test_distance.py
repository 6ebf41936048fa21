from __future__ import annotations

import pytest

from election.rules.certainty import Range
from election.rules.distance import seats_to_change, seats_to_decision, seats_to_none
from election.totals import council_totals
from tests.support.polls import CON, LAB, LD, folded, opened, ward, won

MAJORITY = 32


@pytest.mark.parametrize(
    ("contenders", "to_none", "to_decision"),
    [
        ({CON: Range(0, 30, 36, 30), LAB: Range(0, 27, 33, 27)}, 5, 2),
        ({CON: Range(0, 20, 32, 20)}, 1, 1),
        ({CON: Range(10, 20, 32, 30)}, 1, 1),
        ({CON: Range(10, 21, 40, 31)}, 9, 1),
    ],
)
def test_the_nearest_way_to_a_decision_is_a_majority_or_none(
    contenders: dict[str, Range], to_none: int, to_decision: int
) -> None:
    """The nearest contender wins what it lacks, or all miss too many seats for a majority."""
    assert seats_to_none(contenders, MAJORITY, 0) == to_none
    assert seats_to_decision(contenders, MAJORITY, to_none) == to_decision


def test_without_a_listed_contender_any_party_may_still_win() -> None:
    """All 40 open seats may go to a party that nobody listed; 9 elsewhere rule that out."""
    assert seats_to_none({}, MAJORITY, 40) == 9
    assert seats_to_decision({}, MAJORITY, 9) == 9
    assert seats_to_decision({}, MAJORITY, 40) == MAJORITY


@pytest.mark.parametrize(
    ("seats", "expected"),
    [((32, 30, 1), 1), ((40, 22, 1), 9), ((31, 31, 1), 1), ((30, 27), 2), ((), 32)],
)
def test_a_majority_changes_with_the_seats_above_it_or_below_it(
    seats: tuple[int, ...], expected: int
) -> None:
    """A majority of one seat falls with one seat; half of 63 lacks one for a majority of 32."""
    held = {f"PP{place}": number for place, number in enumerate(seats)}

    assert seats_to_change(held, MAJORITY) == expected


def test_totals_have_distances_to_a_decision_until_control_is_certain() -> None:
    """Of 4 seats 3 are a majority; once a party has them, only a change is left to tell."""
    opening = opened(
        ward("north", 2, {CON: 2, LAB: 2}),
        ward("south", 1, {CON: 1, LAB: 1}),
        ward("west", 1, {CON: 1, LD: 1}),
        before=LAB,
    )
    start = council_totals(folded(opening))
    middle = council_totals(folded(opening, won("north", CON, CON)))
    end = council_totals(folded(opening, won("north", CON, CON), won("south", CON)))

    assert start is not None
    assert middle is not None
    assert end is not None
    assert (start.seats_to_decision, start.seats_to_none, start.seats_to_change) == (2, 2, 3)
    assert (middle.seats_to_decision, middle.seats_to_none, middle.seats_to_change) == (1, 2, 1)
    assert (end.seats_to_decision, end.seats_to_none, end.seats_to_change) == (None, None, 1)
    assert (start.change, middle.change, end.change) == (None, None, True)


@pytest.mark.parametrize(("before", "change"), [(CON, False), (LAB, True), (None, None)])
def test_totals_say_whether_control_changes_hands(before: str | None, change: object) -> None:
    """Null if nobody stated who was in control before."""
    totals = council_totals(folded(opened(ward("north", 1), before=before), won("north", CON)))

    assert totals is not None
    assert totals.change is change
