"""`council_results.csv`: the results of councils without their wards.

One row for each council and party: `council, council_gss, party, party_id, seats, seats_won,
source`, and optionally `declared_at`, `revision` and `final`. `seats` are those on the new
council, including seats that were not up. A result that leaves seats unfilled is a running score
unless `final` is 1.
"""

from __future__ import annotations

from pathlib import Path

from readers.councils import SEATS_MAX, Councils, ListedCouncil
from readers.csv_table import Row, read_table
from readers.findings import Findings
from readers.party_label import lumps_parties
from readers.results import REVISION_MAX, SOURCE_CHARACTERS_MAX
from schemas.base import Mode
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.party import party_key


def read_council_results(
    file: Path, councils: Councils, findings: Findings, *, mode: Mode
) -> tuple[CouncilDeclared, ...]:
    """Returns a result for each council and revision, in the order of their first rows.

    Faults are added to `findings`; a result with a faulty row is left out.
    """
    needs = (("council_gss", "council"), ("party", "party_id"), ("seats",))
    _, rows = read_table(file, findings, needs=needs)
    grouped: dict[tuple[str, int], list[Row]] = {}
    owners: dict[str, ListedCouncil] = {}
    for row in rows:
        council = councils.find_for(row)
        if council is None:
            continue
        owners[council.council] = council
        revision = row.integer("revision", most=REVISION_MAX) or 1
        grouped.setdefault((council.council, revision), []).append(row)
    found = (
        _declared(owners[council], revision, rows_of_one, findings, mode)
        for (council, revision), rows_of_one in grouped.items()
    )
    return tuple(declared for declared in found if declared is not None)


def _declared(
    council: ListedCouncil, revision: int, rows: list[Row], findings: Findings, mode: Mode
) -> CouncilDeclared | None:
    seats = [party for party in map(_party, rows) if party is not None]
    total = sum(party.seats for party in seats)
    if council.seats_total is not None and total > council.seats_total:
        what = f"adds up to {total}, but {council.name} has {council.seats_total} seats"
        rows[0].fault("seats", f"{what}; correct one of the two")
    if len(seats) < len(rows):
        return None
    return findings.build(
        lambda: CouncilDeclared(
            council=council.council,
            mode=mode,
            revision=revision,
            correction="transcription" if revision > 1 else None,
            source=rows[0].text("source")[:SOURCE_CHARACTERS_MAX],
            declared_at=rows[0].time("declared_at"),
            final=any(row.flag("final") for row in rows),
            seats=tuple(seats),
        ),
        rows[0].file,
        rows[0].line,
    )


def _party(row: Row) -> PartySeats | None:
    party, party_id = row.text("party"), row.text("party_id")
    seats = row.integer("seats", most=SEATS_MAX)
    won = row.integer("seats_won", most=SEATS_MAX)
    if not party and not party_id:
        row.fault("party", "and party_id are both blank; give at least one of them")
        return None
    if seats is None:
        if not row.text("seats"):
            row.fault("seats", "is blank; give the party's seats on the new council")
        return None
    if lumps_parties(party_id, party):
        row.warn("party", "lumps several parties, and is counted as one", once=f"lump {party}")
    return row.findings.build(
        lambda: PartySeats(
            party=party, party_id=party_key(party_id, party), seats=seats, seats_won=won
        ),
        row.file,
        row.line,
    )
