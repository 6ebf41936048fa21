"""`council_results.csv`: the results of councils without their wards.

One row for each council and party: `council, council_gss, party, party_id, seats, seats_won,
source`, and optionally `declared_at`, `revision` and `final`. `seats` are those on the new
council, including seats that were not up. A result that leaves seats unfilled is a running score
unless `final` is 1. The Press Association's results, as JSON, are read too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from readers.council_parties import CouncilParties
from readers.councils import SEATS_MAX, Councils, ListedCouncil
from readers.csv_table import Needs, Row, table
from readers.file_kind import is_json
from readers.findings import Findings
from readers.party_cell import read_party
from readers.party_checks import check_council_result
from readers.press_association import read_press_association
from readers.results import REVISION_MAX, SOURCE_CHARACTERS_MAX
from readers.text_file import read_text
from schemas.base import Mode
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.party import party_key
from schemas.spelling import compared

NEEDS: Final[Needs] = (("council_gss", "council"), ("party", "party_id"), ("seats",))
"""The columns by which the file is recognised."""


def read_council_results(
    file: Path,
    councils: Councils,
    parties: Mapping[str, CouncilParties],
    findings: Findings,
    *,
    mode: Mode,
) -> tuple[CouncilDeclared, ...]:
    """Returns a result for each council and revision, in the order of their first rows.

    `parties` has who is one party in each council. Rows of one party under several names are added
    up.

    Faults are added to `findings`; a result with a faulty row is left out.
    """
    rows = _rows(file, councils, findings)
    return council_results_of(rows, councils, parties, mode=mode)


def council_results_of(
    rows: tuple[Row, ...],
    councils: Councils,
    parties: Mapping[str, CouncilParties],
    *,
    mode: Mode,
) -> tuple[CouncilDeclared, ...]:
    """Returns the results in rows under the columns of the file, as `read_council_results` does."""
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
        _declared(owners[council], revision, rows_of_one, parties[council], mode)
        for (council, revision), rows_of_one in grouped.items()
    )
    return tuple(declared for declared in found if declared is not None)


def _rows(file: Path, councils: Councils, findings: Findings) -> tuple[Row, ...]:
    text = read_text(file, findings)
    if text is None:
        return ()
    if is_json(text):
        return read_press_association(file, text, councils, findings)
    return table(file, text, findings, needs=NEEDS)[1]


def _declared(
    council: ListedCouncil, revision: int, rows: list[Row], parties: CouncilParties, mode: Mode
) -> CouncilDeclared | None:
    """Returns a result, or None after adding a fault."""
    findings = rows[0].findings
    before = findings.fault_count
    read = [_party(row, parties) for row in rows]
    seats = [party for party in read if party is not None]
    total = sum(party.seats for party in seats)
    if council.seats_total is not None and total > council.seats_total:
        what = f"adds up to {total}, but {council.name} has {council.seats_total} seats"
        rows[0].fault("seats", f"{what}; correct one of the two")
    if len(seats) < len(rows):
        return None
    check_council_result(council, rows, seats, parties)
    declared = findings.build(
        lambda: CouncilDeclared(
            council=council.council,
            mode=mode,
            revision=revision,
            correction="transcription" if revision > 1 else None,
            source=rows[0].text("source")[:SOURCE_CHARACTERS_MAX],
            declared_at=rows[0].time("declared_at"),
            final=any(row.flag("final") for row in rows),
            seats=_added_up(rows, seats),
        ),
        rows[0].file,
        rows[0].line,
    )
    return declared if findings.fault_count == before else None


def _party(row: Row, parties: CouncilParties) -> PartySeats | None:
    seats = row.integer("seats", most=SEATS_MAX)
    won = row.integer("seats_won", most=SEATS_MAX)
    if not row.text("party") and not row.text("party_id"):
        row.fault("party", "and party_id are both blank; give at least one of them")
        return None
    if seats is None:
        if not row.text("seats"):
            row.fault("seats", "is blank; give the party's seats on the new council")
        return None
    found = read_party(row, parties.register, parties.nation)
    if found is None:
        return None
    party = parties.of(found)
    return row.findings.build(
        lambda: PartySeats(
            party=party.party, party_id=party_key(*party), seats=seats, seats_won=won
        ),
        row.file,
        row.line,
    )


def _added_up(rows: list[Row], seats: list[PartySeats]) -> tuple[PartySeats, ...]:
    """Returns one entry for each party; rows of one party must have different names."""
    found: dict[str, PartySeats] = {}
    names: set[tuple[str, str]] = set()
    for row, each in zip(rows, seats, strict=True):
        name = (each.party_id, compared(row.text("party")))
        if name in names:
            row.fault("party", "has two rows for this council; give one row for each party")
        names.add(name)
        one = found.get(each.party_id)
        if one is not None:
            unknown = one.seats_won is None or each.seats_won is None
            won = None if unknown else (one.seats_won or 0) + (each.seats_won or 0)
            update = {"seats": one.seats + each.seats, "seats_won": won}
            found[each.party_id] = one.model_copy(update=update)
        else:
            found[each.party_id] = each
    return tuple(found.values())
