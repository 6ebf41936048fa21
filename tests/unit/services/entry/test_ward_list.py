"""A stringer's wards are listed as they are expected, with no figure of anybody else."""

from __future__ import annotations

from datetime import UTC, date, datetime

from schemas.events import Event
from services.entry.ward_list import COUNCILS_MAX, Listed, listed, listed_council
from tests.support.polls import CON, LAB, ballot, noticed, opened, ward
from tests.support.sources import by, heard, result

NIGHT = date(2026, 5, 7)
SEATS = {CON: 1, LAB: 1}
OPENING = opened(
    ward("abbey", 1, SEATS),
    ward("north", 1, SEATS, expected_at=datetime(2026, 5, 8, 2, tzinfo=UTC)),
    ward("south", 1, SEATS, expected_at=datetime(2026, 5, 8, 1, tzinfo=UTC)),
)


def wards(*events: Event) -> dict[str, Listed]:
    """Returns the wards of the invented council for the source `ann`, by name."""
    council, _ = heard(OPENING, *events)
    return {each.name: each for each in listed_council(council, "ann").wards}


def test_wards_stand_in_the_order_in_which_they_are_expected() -> None:
    """Those of which nobody said when come last."""
    assert list(wards()) == ["South", "North", "Abbey"]


def test_what_others_have_said_is_a_state_only() -> None:
    """Whether it counts or waits; one's own word says what became of it."""
    found = wards(
        by("bea", "final", result("north", 480, 520)),
        by("bea", "second", result("south", 480, 520)),
        by("ann", "final", result("abbey", 480, 520)),
    )

    assert found["North"].state == "Declared by another source"
    assert found["South"].state == "Said by another source, being checked"
    assert found["Abbey"].state == "Counted"
    assert [each.name for each in found.values() if each.is_sent] == ["Abbey"]


def test_the_next_ward_is_the_first_of_which_nothing_is_known() -> None:
    """Neither one that is sent, nor one that is postponed."""
    council, _ = heard(
        OPENING, by("ann", "final", result("south", 480, 520)), noticed("north", "postponed")
    )
    following = listed_council(council, "ann").next

    assert following is not None
    assert following.ballot_paper_id == ballot("abbey")


def test_councils_with_the_nearest_poll_come_first_and_no_page_is_endless() -> None:
    """By-elections of other months stand below tonight's."""
    many = []
    for month in range(1, 13):
        for day in (7, 14):
            poll = f"local.barsetshire.2026-{month:02}-{day:02}"
            opening = opened(total=3).model_copy(update={"council": poll})
            many.append(heard(opening)[0])
    found = listed(many, "ann", NIGHT)

    assert len(found) == COUNCILS_MAX
    assert [each.poll for each in found[:2]] == [NIGHT, date(2026, 5, 14)]
