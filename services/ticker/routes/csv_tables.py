"""Councils and wards as CSV tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

from schemas.party import INDEPENDENT, NOC, party_key
from schemas.story import PartyStory
from schemas.totals import CouncilTotals
from schemas.ward import Candidate
from schemas.ward_totals import WardTotals
from services.ticker.formats.csv_text import ENCODING, LINE_END, csv_bytes, csv_lines
from services.ticker.pages.known_parties import known_parties

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
    "control_before_name",
    "control_name",
    "headline",
    "as_of",
)
"""New columns come last, so that those before keep their places."""

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
    "council",
    "council_gss",
    "council_name",
    "text",
    "as_of",
)
"""The same."""

NO_OVERALL_CONTROL: Final = "No overall control"


def councils_csv(councils: Iterable[CouncilTotals], as_of: str = "") -> bytes:
    """Returns one row for each council and party, with a header row, in ENCODING.

    `as_of` is the time at which all of it was so, as text.
    """
    rows = []
    for totals in councils:
        of_council = {
            **totals.model_dump(exclude={"parties"}),
            "control_before_name": _control_name(totals, totals.control_before),
            "control_name": _control_name(totals, totals.control),
            "as_of": as_of,
        }
        for party in totals.parties:
            every = {**of_council, **party.model_dump()}
            rows.append([every[column] for column in COUNCIL_COLUMNS])
    return csv_bytes(COUNCIL_COLUMNS, rows)


def wards_csv(wards: Iterable[WardTotals], council: CouncilTotals, as_of: str = "") -> bytes:
    """Returns one row for each ward and candidate of a council, with a header row, in ENCODING.

    What a ward's story says of a party stands in the row of each of its candidates. `as_of` is the
    time at which all of it was so, as text.
    """
    rows = [row for ward in wards for row in ward_rows(ward, council.council_gss, council.name)]
    return f"{csv_lines([WARD_COLUMNS])}{timed(rows, as_of)}".encode(ENCODING)


def ward_rows(ward: WardTotals, council_gss: str, council_name: str) -> list[str]:
    """Returns the row of each candidate of a ward as CSV, up to the time and the line's end."""
    of_ward = {
        **ward.model_dump(exclude={"candidates", "story"}),
        **_story(ward),
        "council_gss": council_gss,
        "council_name": council_name,
    }
    rows = []
    for candidate in ward.candidates:
        every = {**of_ward, **_party_story(ward, candidate), **asdict(candidate)}
        row = csv_lines([[every.get(column) for column in WARD_COLUMNS[:-1]]])
        rows.append(row.removesuffix(LINE_END))
    return rows


def timed(rows: Iterable[str], as_of: str) -> str:
    """Returns rows of `ward_rows` as lines of CSV, each with the time at which it was so."""
    return "".join(f"{row},{as_of}{LINE_END}" for row in rows)


def _control_name(totals: CouncilTotals, control: str | None) -> str:
    """Returns the name of the party in control; blank while that is not known."""
    if control is None:
        return ""
    if control == NOC:
        return NO_OVERALL_CONTROL
    named = (party.party for party in totals.parties if party.party_id == control)
    known = known_parties().get(control)
    return next(named, "") or (known.name if known is not None else control)


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
