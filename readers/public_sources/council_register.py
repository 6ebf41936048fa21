"""mySociety's register of local authorities (CSV): codes, names and successors of councils."""

from __future__ import annotations

from datetime import date
from typing import Final

from readers.councils import gss_or_blank
from readers.csv_table import Needs, Row
from readers.public_sources.records import REGISTER, Place, RegisteredCouncil, Sources

NEEDS: Final[Needs] = (("local_authority_code",), ("official_name",), ("gss_code",))
"""The columns by which the register is recognised."""


def read_council_register(rows: tuple[Row, ...], sources: Sources) -> None:
    """Adds the councils. A code that is no GSS code is left blank, with a warning."""
    for row in rows:
        code = row.text("gss_code")
        if code and not gss_or_blank(code):
            row.warn("gss_code", "is no GSS code such as E09000003, and is left out")
        sources.register.append(
            RegisteredCouncil(
                at=Place(REGISTER, row.file, row.line),
                code=row.text("local_authority_code"),
                official_name=row.text("official_name"),
                nice_name=row.text("nice_name"),
                council_gss=gss_or_blank(code),
                open_council_data_id=row.text("open_council_data_id"),
                replaced_by=row.text("replaced_by"),
                started=_day(row, "start_date"),
                ended=_day(row, "end_date"),
                other_names=tuple(
                    name.strip() for name in row.text("alt_names").split(",") if name.strip()
                ),
            )
        )


def _day(row: Row, column: str) -> date | None:
    cell = row.text(column)
    try:
        return date.fromisoformat(cell[:10]) if cell else None
    except ValueError:
        row.warn(column, "is no date, and is left out", once=f"no date {column}")
        return None
