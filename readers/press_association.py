"""Turns the Press Association's results of councils into rows of `council_results.csv`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from readers.agency_items import RESULT, agency_items, attribute, parties
from readers.councils import Councils
from readers.csv_table import Row
from readers.democracy_club import leave_out_others
from readers.findings import Findings
from readers.json_parts import part


def read_press_association(
    file: Path, text: str, councils: Councils, findings: Findings
) -> tuple[Row, ...]:
    """Returns a row for each council and party; those of other councils are left out.

    A fault is added, and there are no rows, if the text holds no result of a council.
    """
    items = agency_items(file, text, Findings())
    results = [item for item in items if item.kind == RESULT]
    if not results:
        what = f"is JSON, but has no {RESULT} of the Press Association; save it as CSV"
        findings.fault(file, 1, what)
        return ()
    found: list[Row] = []
    for item in results:
        cells = result_cells(item.content)
        if not cells:
            findings.fault(file, item.line, NO_SEATS)
        found += (Row(file, item.line, each, findings) for each in cells)
    return _of_listed(found, councils)


NO_SEATS = "NewCouncil: missing; give every party's seats on it"
"""What is wrong with a result that does not say how the new council is made up."""


def _of_listed(rows: list[Row], councils: Councils) -> tuple[Row, ...]:
    found: list[Row] = []
    others: list[Row] = []
    for row in rows:
        council = councils.find("", row.text("council"))
        if council is None:
            others.append(row)
        else:
            found.append(replace(row, cells={**row.cells, "council": council.name}))
    leave_out_others(others, "council", councils, found)
    return tuple(found)


def result_cells(result: dict[str, Any]) -> list[dict[str, str]]:
    """Returns the cells of a row for each party of a result; none if it has no new council.

    Beside the columns of `council_results.csv` they have the agency's own id of each party.
    """
    council = part(part(result, "Election"), "Council")
    elected = parties(part(council, "ElectedCouncillors"))
    won = {attribute(party, "name"): attribute(party, "seats") for party in elected}
    common = {
        "council": attribute(council, "name"),
        "declared_at": _time(attribute(result, "declarationTime")),
        "revision": attribute(result, "revision"),
        "source": "PA",
    }
    return [
        {
            **common,
            "party": attribute(party, "name"),
            "pa_id": attribute(party, "paId"),
            "seats": attribute(party, "seats"),
            "seats_won": won.get(attribute(party, "name"), "0" if won else ""),
        }
        for party in parties(part(council, "NewCouncil"))
    ]


def _time(written: str) -> str:
    """Returns a time such as 20270507T023000+0100 as the CSV files have it."""
    try:
        return datetime.fromisoformat(written).isoformat() if written else ""
    except ValueError:
        return written
