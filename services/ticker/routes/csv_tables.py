"""Councils and wards as CSV tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

from schemas.party import INDEPENDENT, party_key
from schemas.story import PartyStory
from schemas.totals import CouncilTotals
from schemas.ward import Candidate
from schemas.ward_totals import WardTotals
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
    "last_fought",
    "same_boundaries",
    "party_seats_before",
    "party_seats_change",
    "party_share",
    "party_share_before",
    "party_share_change",
    "swing",
    "swing_from",
    "swing_to",
    "turnout_before",
    "turnout_change",
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
    """Returns one row for each ward and candidate, with a header row, in ENCODING.

    What a ward's story says of a party stands in the row of each of its candidates.
    """
    rows = []
    for ward in wards:
        of_ward = {**ward.model_dump(exclude={"candidates", "story"}), **_story(ward)}
        for candidate in ward.candidates:
            every = {**of_ward, **_party_story(ward, candidate), **asdict(candidate)}
            rows.append([every.get(column) for column in WARD_COLUMNS])
    return csv_bytes(WARD_COLUMNS, rows)


def _story(ward: WardTotals) -> dict[str, object]:
    """Returns the cells of a ward's story; none without one."""
    if ward.story is None:
        return {}
    days = "; ".join(day.isoformat() for day in ward.story.last_fought)
    return {**ward.story.model_dump(exclude={"parties", "text"}), "last_fought": days}


def _party_story(ward: WardTotals, candidate: Candidate) -> dict[str, object]:
    """Returns the cells of what became of a candidate's party; none where nobody knows."""
    key = INDEPENDENT
    if candidate.party_id or candidate.party:
        key = party_key(candidate.party_id, candidate.party)
    parties = ward.story.parties if ward.story is not None else ()
    return next((_party_cells(each) for each in parties if each.party_id == key), {})


def _party_cells(party: PartyStory) -> dict[str, object]:
    return {
        f"party_{name}": getattr(party, name)
        for name in ("seats_before", "seats_change", "share", "share_before", "share_change")
    }
