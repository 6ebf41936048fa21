"""What each source says of a ballot, in columns."""

from __future__ import annotations

from dataclasses import replace

from schemas.events import Event
from services.review.comparison import comparison
from tests.support.polls import CON, LAB, LD, ballot, declared, opened, ward
from tests.support.sources import by, heard, result

OPENING = opened(ward("north", 1, {CON: 1, LAB: 1}))


def table(*events: Event) -> list[list[str]]:
    council, _ = heard(*events)
    return comparison(council.wards[ballot("north")])


def test_each_source_has_a_column_and_rows_that_differ_are_marked() -> None:
    """Beside the nominations, with the figures of the poll below."""
    assert table(
        OPENING,
        by("agency", "final", result("north", 9, 5, num_turnout_reported=20)),
        by("ann", "single", result("north", 9, 50)),
    ) == [
        ["", "", "nominated", "agency (final)", "ann (single)"],
        ["", "PP52 1 (CON)", "yes", "9", "9"],
        ["*", "PP53 1 (LAB)", "yes", "5", "50"],
        ["", "seats", "1", "1", "1"],
        ["", "ballot papers", "", "20", "–"],
    ]


def test_who_was_not_nominated_is_pointed_out() -> None:
    """A row of its own, below those of the nominees."""
    stranger = declared("north", [(LD, 7)], elected=[0])

    assert table(OPENING, by("ann", "single", stranger))[1:4] == [
        ["", "PP52 1 (CON)", "yes", "–"],
        ["", "PP53 1 (LAB)", "yes", "–"],
        ["", "PP90 1 (LD)", "NO", "7 elected"],
    ]


def test_a_name_spelt_otherwise_is_in_the_row_of_the_same_person() -> None:
    """A title makes nobody another."""
    spelt = result("north", 9, 5)
    people = (replace(spelt.candidates[0], candidate="Cllr PP52 1"), *spelt.candidates[1:])
    rows = table(OPENING, by("ann", "single", spelt.model_copy(update={"candidates": people})))

    assert [row[1] for row in rows[1:]] == ["PP52 1 (CON)", "PP53 1 (LAB)", "seats"]


def test_without_nominations_nobody_is_said_to_be_nominated_or_not() -> None:
    """Before the opening, and where it does not list them."""
    assert table(by("ann", "single", result("north", 9, 5)))[1][2] == "unknown"
