"""The page on the ASVS has every requirement of levels 1 and 2 once, and what it names exists."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from tests.support.checkout import CHECKOUT

PAGE: Final = (CHECKOUT / "docs" / "reference" / "asvs.md").read_text()
LISTED: Final = Path(__file__).with_name("asvs-5.0.0.csv")
LEVEL_MAX: Final = 2


class Row(NamedTuple):
    """How a requirement stands."""

    id: str
    asks: str
    state: str
    by: str


ROWS: Final = [
    Row(*(cell.strip() for cell in cells))
    for cells in re.findall(
        r"^\| (V[\d.]+) \|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|$", PAGE, re.MULTILINE
    )
]
WITHOUT: Final = re.findall(r"^\| (V[\d.]+) \|[^|\n]+\|$", PAGE, re.MULTILINE)
"""Requirements, sections and chapters that do not apply."""


def requirements() -> set[str]:
    """Returns the ids of levels 1 and 2 of ASVS 5.0.0."""
    lines = [line for line in LISTED.read_text().splitlines() if not line.startswith("#")]
    return {row["id"] for row in csv.DictReader(lines) if int(row["level"]) <= LEVEL_MAX}


def of(place: str) -> set[str]:
    """Returns the requirements of a chapter or a section, or the one that is named."""
    return {each for each in requirements() if each == place or each.startswith(f"{place}.")}


@cache
def source(path: str) -> str:
    return (CHECKOUT / path).read_text()


def test_every_requirement_stands_on_the_page_once() -> None:
    """In a row of its own, or among what does not apply, alone or with its section or chapter."""
    named = [row.id for row in ROWS] + [each for place in WITHOUT for each in of(place)]

    assert len(requirements()) == 253
    assert sorted(named) == sorted(requirements())


def test_the_page_counts_its_rows() -> None:
    """Whoever reads its head knows how much is open."""
    states = Counter(row.state for row in ROWS)
    without = sum(len(of(place)) for place in WITHOUT)
    counted = f"Of 253 {states['met']} are met, {states['yours']} yours and {states['open']} open"

    assert f"{counted}; {without} do not apply." in PAGE


def test_what_does_not_apply_is_there() -> None:
    """No section or chapter is named that has nothing of levels 1 and 2."""
    assert [place for place in WITHOUT if not of(place)] == []


def test_every_row_says_how_the_requirement_stands() -> None:
    """Met, yours or open; and what is open has a plan."""
    assert {row.state for row in ROWS} == {"met", "yours", "open"}
    assert [row.id for row in ROWS if not row.asks or not row.by] == []
    assert [row.id for row in ROWS if (row.state == "open") is not ("Plan:" in row.by)] == []


def test_every_file_and_every_test_on_the_page_exists() -> None:
    """What is named as proof is there to be run or read."""
    named = re.findall(
        r"`((?:tests|services|schemas|readers|election|requirements)/[\w./-]+)(?:::(\w+))?`", PAGE
    )

    assert len(named) > 100
    assert [path for path, _ in named if not (CHECKOUT / path).is_file()] == []
    assert [
        f"{path}::{test}" for path, test in named if test and f"def {test}(" not in source(path)
    ] == []
