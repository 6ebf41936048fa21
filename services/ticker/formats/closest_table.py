"""The closest councils and wards of a night as CSV tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from services.ticker.formats.csv_text import csv_bytes
from services.ticker.pages.closest import ClosestCouncil, ClosestWard

COUNCIL_COLUMNS: Final = (
    "place",
    "council",
    "name",
    "control",
    "control_name",
    "voters",
    "is_changed",
    "wards",
    "wards_to_come",
    "disputed",
)

WARD_COLUMNS: Final = (
    "place",
    "council",
    "council_name",
    "ballot_paper_id",
    "ward",
    "seats_contested",
    "votes",
    "elected",
    "elected_party",
    "elected_party_id",
    "elected_votes",
    "beaten",
    "beaten_party",
    "beaten_party_id",
    "beaten_votes",
    "is_by_lot",
    "is_tied",
    "voters",
    "disputed",
    "being_checked",
)


def closest_councils_csv(councils: Iterable[ClosestCouncil]) -> bytes:
    """Returns one row for each council, the closest first; `wards` are those of the voters."""
    rows = []
    for place, each in enumerate(councils, start=1):
        wards = "; ".join(f"{flip.ward} {flip.voters}" for flip in each.flip_at)
        every = {**each.model_dump(), "place": place, "wards": wards}
        rows.append([every[column] for column in COUNCIL_COLUMNS])
    return csv_bytes(COUNCIL_COLUMNS, rows)


def closest_wards_csv(wards: Iterable[ClosestWard]) -> bytes:
    """Returns one row for each ward, the closest first."""
    rows = []
    for place, each in enumerate(wards, start=1):
        every = {**each.model_dump(exclude={"elected", "beaten"}), "place": place}
        for role, person in (("elected", each.elected), ("beaten", each.beaten)):
            every |= {
                role: person.candidate,
                f"{role}_party": person.party,
                f"{role}_party_id": person.party_id,
                f"{role}_votes": person.votes,
            }
        rows.append([every[column] for column in WARD_COLUMNS])
    return csv_bytes(WARD_COLUMNS, rows)
