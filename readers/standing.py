"""`standing.csv`: what each party held before the poll, one row for each council and party."""

from __future__ import annotations

from pathlib import Path

from readers.councils import SEATS_MAX, Councils
from readers.csv_table import Row, read_table
from readers.findings import Findings
from readers.party_label import lumps_parties
from schemas.council import PartyStanding
from schemas.party import party_key

_SEATS = ("seats_eve_of_poll", "seats_last_election", "seats_not_up")


def read_standing(
    file: Path, councils: Councils, findings: Findings
) -> dict[str, tuple[PartyStanding, ...]]:
    """Returns the standing of parties by council id, parties in the order of the file.

    Rows that count as one party (Labour, and Labour and Co-operative) are added up. A council
    without rows has no entry. Faulty rows are added to `findings` and left out.
    """
    needs = (("council_gss", "council"), ("party_id", "party"))
    _, rows = read_table(file, findings, needs=needs)
    found: dict[str, dict[str, PartyStanding]] = {}
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        council = councils.find_for(row)
        party = _party(row)
        if council is None or party is None:
            continue
        label = (council.council, row.text("party_id"), row.text("party"))
        if label in seen:
            row.fault("party", "has two rows for this council; give one row for each party")
            continue
        seen.add(label)
        parties = found.setdefault(council.council, {})
        same = parties.get(party.party_id)
        parties[party.party_id] = _added(same, party) if same else party
    return {council: tuple(parties.values()) for council, parties in found.items()}


def _party(row: Row) -> PartyStanding | None:
    party, party_id = row.text("party"), row.text("party_id")
    seats = [row.integer(column, most=SEATS_MAX) for column in _SEATS]
    if not party and not party_id:
        row.fault("party", "and party_id are both blank; give at least one of them")
        return None
    if lumps_parties(party_id, party) and any(seats):
        row.warn("party", "lumps several parties, and is counted as one", once=f"lump {party}")
    return row.findings.build(
        lambda: PartyStanding(
            party=party,
            party_id=party_key(party_id, party),
            seats_eve_of_poll=seats[0],
            seats_last_election=seats[1],
            seats_not_up=seats[2],
        ),
        row.file,
        row.line,
    )


def _added(one: PartyStanding, other: PartyStanding) -> PartyStanding:
    """Returns the sum of two rows of one party; a sum with an unknown part is unknown."""
    sums = {}
    for column in _SEATS:
        first, second = getattr(one, column), getattr(other, column)
        sums[column] = None if first is None or second is None else first + second
    return one.model_copy(update=sums)
