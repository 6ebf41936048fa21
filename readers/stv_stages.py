"""Counts by single transferable vote, one row for each candidate and stage."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from readers.csv_table import Row
from schemas.spelling import compared

_STAGE: Final = "stage"
_BALLOT: Final = (
    *("council_gss", "council", "ward_gss", "ward", "ballot_paper_id", "election_date", "revision"),
)
_WIDE: Final = re.compile(
    r"^(?:stage|count)_?(\d{1,3})(?:_votes)?$|^first_preferences?(?:_votes)?$"
)

_Key = tuple[str, ...]


def of_last_stage(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Returns one row for each candidate; rows without a `stage` stay as they are.

    The votes are first preferences, those of the first stage. Who was elected at any stage is
    elected, and the status is that of the last stage.
    """
    if not any(row.text(_STAGE) for row in rows):
        return tuple(map(_with_first_preferences, rows))
    people: dict[_Key, list[Row]] = {}
    last: dict[_Key, Row] = {}
    for row in rows:
        ballot = _key(row)
        if row.text(_STAGE):
            newest = last.setdefault(ballot, row)
            last[ballot] = row if _stage(row) >= _stage(newest) else newest
        name = (*ballot, row.text("candidate"), row.text("party"), row.text("party_id"))
        people.setdefault(name if row.text(_STAGE) else (*name, str(row.line)), []).append(row)
    return tuple(_merged(found, last.get(_key(found[0]))) for found in people.values())


def _key(row: Row) -> _Key:
    return tuple(compared(row.text(column)) or row.text(column) for column in _BALLOT)


def _stage(row: Row) -> int:
    return row.integer(_STAGE, most=1_000) or 0


def _merged(rows: list[Row], last: Row | None) -> Row:
    if last is None or not rows[0].text(_STAGE):
        return rows[0]
    first, *_ = sorted(rows, key=_stage)
    latest = max(rows, key=_stage)
    elected = "1" if any(row.flag("elected") for row in rows) else latest.text("elected")
    return replace(first, cells={**first.cells, "elected": elected, "status": last.text("status")})


def _with_first_preferences(row: Row) -> Row:
    """Returns a row whose votes are those of its first stage, where each stage has a column."""
    if row.text("votes"):
        return row
    stages = {
        int(found[1] or 0): row.text(name) for name in row.cells if (found := _WIDE.match(name))
    }
    return replace(row, cells={**row.cells, "votes": stages[min(stages)]}) if stages else row
