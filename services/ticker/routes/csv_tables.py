"""Councils and wards as CSV tables."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from schemas.totals import CouncilTotals, WardTotals

COUNCIL_COLUMNS: Final = (
    "council",
    "council_gss",
    "name",
    "mode",
    "seats_total",
    "majority",
    "wards_declared",
    "wards_total",
    "control_before",
    "control",
    "outcome",
    "votes_to_flip",
    "party_id",
    "party",
    "seats_not_up",
    "seats_won",
    "seats",
    "change_eve_of_poll",
    "change_last_election",
    "wards_being_checked",
    "wards_disputed",
)

WARD_COLUMNS: Final = (
    "ballot_paper_id",
    "ward",
    "ward_gss",
    "seats_contested",
    "status",
    "revision",
    "candidate",
    "party_id",
    "party",
    "votes",
    "elected",
    "tied_vote_winner",
    "margin",
    "votes_to_flip",
    "num_spoilt_ballots",
    "turnout_percentage",
    "total_electorate",
    "declared_at",
    "source",
    "sources",
    "being_checked",
    "disputed",
)

ENCODING: Final = "utf-8-sig"
"""UTF-8 with its mark at the beginning: Excel takes a file without it for one in Windows' own
encoding, and spoils names such as Siân."""

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")
"""Spreadsheets run a cell that begins like this as a formula, some of them also in full width.
Names and sources come from others, so an apostrophe is put before it, which makes it text."""

_STARTS: Final = "".join(re.escape(start) for start in FORMULA_STARTS)

_FORMULA: Final = re.compile(rf"""(^|[;|])([\s"']*)(?=[{_STARTS}])""")
"""A cell's beginning, also where a spreadsheet splits at other signs than commas; what it passes
over; and what makes it a formula."""


def councils_csv(councils: Iterable[CouncilTotals]) -> bytes:
    """Returns one row for each council and party, with a header row, in ENCODING."""
    rows = []
    for totals in councils:
        for party in totals.parties:
            every = {**totals.model_dump(exclude={"parties"}), **party.model_dump()}
            rows.append([every[column] for column in COUNCIL_COLUMNS])
    return _csv(COUNCIL_COLUMNS, rows)


def wards_csv(wards: Iterable[WardTotals]) -> bytes:
    """Returns one row for each ward and candidate, with a header row, in ENCODING."""
    rows = []
    for ward in wards:
        for candidate in ward.candidates:
            every = {**ward.model_dump(exclude={"candidates"}), **asdict(candidate)}
            rows.append([every[column] for column in WARD_COLUMNS])
    return _csv(WARD_COLUMNS, rows)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode(ENCODING)


def _cell(value: object) -> object:
    if value is True or value is False:
        return int(value)
    return _FORMULA.sub(r"\1'\2", value) if isinstance(value, str) else value
