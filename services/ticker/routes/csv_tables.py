"""Councils and wards as CSV tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

from schemas.totals import CouncilTotals, WardTotals
from services.ticker.formats.csv_text import csv_bytes

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


def councils_csv(councils: Iterable[CouncilTotals]) -> bytes:
    """Returns one row for each council and party, with a header row, in ENCODING."""
    rows = []
    for totals in councils:
        for party in totals.parties:
            every = {**totals.model_dump(exclude={"parties"}), **party.model_dump()}
            rows.append([every[column] for column in COUNCIL_COLUMNS])
    return csv_bytes(COUNCIL_COLUMNS, rows)


def wards_csv(wards: Iterable[WardTotals]) -> bytes:
    """Returns one row for each ward and candidate, with a header row, in ENCODING."""
    rows = []
    for ward in wards:
        for candidate in ward.candidates:
            every = {**ward.model_dump(exclude={"candidates"}), **asdict(candidate)}
            rows.append([every[column] for column in WARD_COLUMNS])
    return csv_bytes(WARD_COLUMNS, rows)
