"""Gains and holds by ward of past nights are those of a second count of the raw rows."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from election.fold import apply
from election.ward_totals import ward_totals
from readers.night import NIGHTS, load_night
from schemas.ward_totals import WardTotals
from tests.support.ward_changes import HEADER, changes, plain, rows_of

FOLDER = Path(__file__).parent / "ward_changes"
NIGHTS_COUNTED = ("london-2014", "three-boroughs-2022")

Ward = tuple[str, str]
Seats = dict[str, tuple[int, int]]
"""Seats before and after by party, of parties that had any."""


@cache
def second_count(name: str) -> dict[Ward, Seats | None]:
    """Returns what the second count has of each ward; None where nothing is comparable."""
    found: dict[Ward, Seats | None] = {}
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            ward = (row["council_gss"], row["ward"])
            if not row["party"]:
                found[ward] = None
                continue
            of_ward = found.setdefault(ward, {})
            assert of_ward is not None
            of_ward[row["party"]] = (int(row["before"]), int(row["after"]))
    return found


@cache
def folded(name: str) -> dict[Ward, WardTotals]:
    """Returns every declared ward of a night, as the rules have it."""
    night = load_night(name)
    councils = {}
    for event in (*night.openings, *night.declarations):
        councils[event.council], _ = apply(event, councils.get(event.council))
    codes = {each.council: each.council_gss for each in night.openings}
    return {
        (codes[council.council], ward.ward_gss): ward
        for council in councils.values()
        for ballot in council.wards
        if (ward := ward_totals(council, ballot)).status == "declared"
    }


def told(ward: WardTotals) -> Seats | None:
    """Returns the seats before and after that a ward's story tells."""
    story = ward.story
    assert story is not None
    if not story.same_boundaries:
        return None
    found = {}
    for each in story.parties:
        now = ward.seats_won.get(each.party_id, 0)
        assert each.seats_before is not None
        assert each.seats_change == now - each.seats_before
        if now or each.seats_before:
            key = plain(each.party_id) if " " in each.party_id else each.party_id
            found[key] = (each.seats_before, now)
    return found


@pytest.mark.parametrize("name", NIGHTS_COUNTED)
def test_every_ward_has_the_gains_and_holds_of_the_second_count(name: str) -> None:
    """Of London 570 wards, and 59 in three redrawn boroughs without any; of 2022 none."""
    assert {ward: told(each) for ward, each in folded(name).items()} == second_count(name)


def test_so_many_wards_and_seats_are_compared() -> None:
    """Gains and losses of each ward come to nothing, and those of Barnet to its change since."""
    london = second_count("london-2014")
    compared = {ward: seats for ward, seats in london.items() if seats is not None}
    barnet = [seats for (council, _), seats in compared.items() if council == "E09000003"]

    assert (len(compared), len(london)) == (570, 629)
    assert set(second_count("three-boroughs-2022").values()) == {None}
    for seats in compared.values():
        assert sum(before for before, _ in seats.values()) == sum(now for _, now in seats.values())
    changed: Counter[str] = Counter()
    for seats in barnet:
        for party, (before, now) in seats.items():
            changed[party] += now - before
    assert changed == {"PP52": -7, "PP53": 9, "PP90": -2}


@pytest.mark.parametrize("name", NIGHTS_COUNTED)
def test_the_second_count_has_the_winners_of_the_night(name: str) -> None:
    """Those whom the rows of the night mark, whatever there was before."""
    rows = rows_of(NIGHTS / name / "results.csv")
    kept = [dict(zip(HEADER, row, strict=True)) for row in changes(rows, rows, {})]
    winners: dict[Ward, dict[str, int]] = {}
    for row in kept:
        winners.setdefault((row["council_gss"], row["ward"]), {})[row["party"]] = int(row["after"])

    for ward, seats in second_count(name).items():
        if seats is not None:
            assert {party: now for party, (_, now) in seats.items() if now} == winners[ward]
