"""Open Council Data UK (CSV): the roll of councillors, and each council's seats by year."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from readers.councils import SEATS_MAX
from readers.csv_table import Needs, Row
from readers.public_sources.records import (
    HISTORY,
    ROLL,
    Composition,
    Councillor,
    Place,
    Sources,
)

ROLL_NEEDS: Final[Needs] = (("council",), ("ward_name",), ("next_election",), ("party_name",))
"""The columns by which the roll is recognised."""

HISTORY_NEEDS: Final[Needs] = (("council_id",), ("authority",), ("year",), ("majority",))
"""The columns by which the history is recognised."""

_NO_PARTY: Final = frozenset({"id", "council_id", "authority", "year", "total", "majority", ""})
_DAY_FIRST: Final = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")
_YEARS: Final = range(1800, 2201)


def read_roll(rows: tuple[Row, ...], sources: Sources) -> None:
    """Adds the councillors. A date that cannot be read is unknown, with a warning."""
    for row in rows:
        sources.councillors.append(
            Councillor(
                at=Place(ROLL, row.file, row.line),
                council=row.text("council"),
                ward=row.text("ward_name"),
                party=row.text("party_name"),
                party_id=row.text("electoral_commission_party_code"),
                next_election=_day(row, "next_election"),
            )
        )


def read_history(rows: tuple[Row, ...], sources: Sources) -> None:
    """Adds the seats of each council and year. A row without a year is left out, with a warning."""
    for row in rows:
        year = row.integer_or_warn("year", most=_YEARS[-1])
        if year is None or year not in _YEARS:
            row.warn("year", "is no year, so that its seats are left out", once="no year")
            continue
        seats = (
            (column, row.integer_or_warn(column, most=SEATS_MAX))
            for column in row.cells
            if column not in _NO_PARTY and row.text(column)
        )
        sources.compositions.append(
            Composition(
                at=Place(HISTORY, row.file, row.line),
                council_id=row.text("council_id"),
                council=row.text("authority"),
                year=year,
                total=row.integer_or_warn("total", most=SEATS_MAX),
                seats=tuple((label, held) for label, held in seats if held is not None),
                majority=row.text("majority"),
            )
        )


def _day(row: Row, column: str) -> date | None:
    """Returns a day written `2027-05-06` or `06/05/2027`."""
    cell = row.text(column)
    if not cell:
        return None
    day_first = _DAY_FIRST.match(cell)
    try:
        if day_first:
            return date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
        return date.fromisoformat(cell[:10])
    except ValueError:
        row.warn(column, "is no date, and is left out", once=f"no date {column}")
        return None
