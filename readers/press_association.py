"""Turns the Press Association's results of councils (JSON) into rows of `council_results.csv`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from readers.councils import Councils
from readers.csv_table import Row
from readers.democracy_club import leave_out_others
from readers.findings import Findings

_RESULT = "LocalElectionResult"


def read_press_association(
    file: Path, text: str, councils: Councils, findings: Findings
) -> tuple[Row, ...]:
    """Returns a row for each council and party; those of other councils are left out.

    A fault is added, and there are no rows, if the text holds no result of a council.
    """
    try:
        answer = orjson.loads(text)
    except orjson.JSONDecodeError:
        answer = None
    items = answer if isinstance(answer, list) else [answer]
    results = [item[_RESULT] for item in items if isinstance(item, dict) and _RESULT in item]
    if not results:
        what = f"is JSON, but has no {_RESULT} of the Press Association; save it as CSV"
        findings.fault(file, 1, what)
        return ()
    lines = [number for number, line in enumerate(text.split("\n"), 1) if f'"{_RESULT}"' in line]
    found: list[Row] = []
    for number, result in enumerate(results):
        line = lines[min(number, len(lines) - 1)] if lines else 1
        cells = _rows(result) if isinstance(result, dict) else []
        if not cells:
            findings.fault(file, line, "NewCouncil: missing; give every party's seats on it")
        found += (Row(file, line, each, findings) for each in cells)
    return _of_listed(found, councils)


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


def _rows(result: dict[str, Any]) -> list[dict[str, str]]:
    election = _part(result, "Election")
    council = _part(election, "Council")
    elected = _parties(council, "ElectedCouncillors")
    won = {_text(party, "name"): _text(party, "seats") for party in elected}
    common = {
        "council": _text(council, "name"),
        "declared_at": _time(_text(result, "declarationTime")),
        "revision": _text(result, "revision"),
        "source": "PA",
    }
    return [
        {
            **common,
            "party": _text(party, "name"),
            "seats": _text(party, "seats"),
            "seats_won": won.get(_text(party, "name"), "0" if won else ""),
        }
        for party in _parties(council, "NewCouncil")
    ]


def _parties(council: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Returns the parties of a part; a single one is no array in their JSON."""
    found = _part(council, name).get("Party")
    parties = found if isinstance(found, list) else [found]
    return [each for each in parties if isinstance(each, dict)]


def _part(item: dict[str, Any], name: str) -> dict[str, Any]:
    found = item.get(name)
    return found if isinstance(found, dict) else {}


def _text(item: dict[str, Any], name: str) -> str:
    """Returns an attribute, which their JSON marks with an at sign."""
    found = item.get(f"@{name}", item.get(name, ""))
    return "" if found is None or isinstance(found, dict | list) else str(found).strip()


def _time(written: str) -> str:
    """Returns a time such as 20270507T023000+0100 as the CSV files have it."""
    try:
        return datetime.fromisoformat(written).isoformat() if written else ""
    except ValueError:
        return written
