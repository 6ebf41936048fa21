from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.events import Event
from services.audit.provenance import Entry, EntryStatus
from services.audit.ward_states import ward_states
from tests.support.polls import CON, LAB, ballot, declared, folded, opened, ward
from tests.support.sources import by, content, decision, heard

OPENING = opened(ward("north", 2, {CON: 2, LAB: 2}))
NORTH = declared("north", [(CON, 50), (CON, 40), (LAB, 30), (LAB, 20)], 2, source="council page")


def entry(status: EntryStatus, detail: str = "") -> Entry:
    at = datetime(2026, 5, 8, tzinfo=UTC)
    return Entry("ward.declared", ballot("north"), 1, status, "", 0, 0, at, at, detail, ())


def state(*events: Event, last: Entry | None = None) -> tuple[str, list[str], str]:
    found = ward_states(folded(*events), [last] if last else [])[ballot("north")]
    return found["state"], found["sources"], found["held_because"]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((OPENING,), ("none", [], "")),
        ((OPENING, NORTH), ("counted", ["council page"], "")),
        ((NORTH,), ("parked", ["council page"], "")),
        (
            (OPENING, declared("north", [(CON, None), (LAB, None)], 2, elected=[0])),
            ("partial", [], ""),
        ),
        (
            (OPENING, declared("north", [(CON, 9), (CON, 5), (LAB, 5), (LAB, 1)], 2)),
            ("partial", [], ""),
        ),
    ],
)
def test_a_ballot_has_a_state(
    events: tuple[Event, ...], expected: tuple[str, list[str], str]
) -> None:
    """A ballot is undeclared, counted, partly declared, or waits for its council."""
    assert state(*events) == expected


def test_a_result_that_the_opening_contradicts_is_held() -> None:
    """An early result of somebody who turns out not to stand is held, with the reason."""
    stranger = declared("north", [("PP63", 50), (CON, 40)], 2, elected=[0, 1])
    found, _, because = state(stranger, OPENING)

    assert found == "held"
    assert "PP63 1 (PP63) not among those nominated" in because


def test_what_is_set_aside_shows_beside_what_stands() -> None:
    """A ballot whose last result was set aside is held, or in conflict with what stands."""
    aside = entry("rejected", "candidates: who is this")

    assert state(OPENING, last=aside) == ("held", [], "candidates: who is this")
    assert state(OPENING, NORTH, last=aside)[0] == "conflict"
    assert state(OPENING, NORTH, last=entry("counts"))[0] == "counted"


def of_sources(*events: Event) -> tuple[str, list[str], str]:
    council, _ = heard(*events)
    found = ward_states(council, [])[ballot("north")]
    return found["state"], found["sources"], found["held_because"]


MARKS = declared("north", [(CON, None), (CON, None)], 2, elected=[0, 1])
OTHER = declared("north", [(CON, 50), (CON, 20), (LAB, 40), (LAB, 30)], 2)
FIGURES = "PP52 1 50, PP52 2 40, PP53 1 30, PP53 2 20"
OTHERS = "PP52 1 50, PP52 2 20, PP53 1 40, PP53 2 30"
WAITS = "site: it waits for a second source, or the desk"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((OPENING, by("site", "second", NORTH)), ("held", ["site"], WAITS)),
        ((by("site", "second", NORTH),), ("parked", ["site"], WAITS)),
        ((by("agency", "final", NORTH),), ("parked", ["agency"], "")),
        ((OPENING, by("agency", "final", NORTH)), ("counted", ["agency"], "")),
        (
            (OPENING, by("site", "second", NORTH), by("ann", "single", MARKS)),
            ("counted", ["site", "ann"], ""),
        ),
        (
            (OPENING, by("agency", "final", NORTH), by("ann", "single", OTHER)),
            (
                "conflict",
                ["agency"],
                f"ann: {OTHERS}, but what stands is by agency: {FIGURES}",
            ),
        ),
        (
            (OPENING, by("agency", "final", NORTH), decision("north", ruling="clear")),
            ("none", ["agency"], "agency: the desk has decided that nothing stands"),
        ),
        (
            (OPENING, NORTH, decision("north", ruling="refuse", content=content(OTHER))),
            ("counted", ["default"], ""),
        ),
    ],
)
def test_a_ballot_of_several_sources_says_who_stands_and_who_waits(
    events: tuple[Event, ...], expected: tuple[str, list[str], str]
) -> None:
    """The ids of their keys, with the reason of each that does not count."""
    assert of_sources(*events) == expected
