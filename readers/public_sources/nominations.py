"""Democracy Club's ballots and candidates before the poll, from its API or its CSV."""

from __future__ import annotations

from readers.ballot_checks import WARD_SEATS_MAX
from readers.councils import gss_or_blank
from readers.csv_table import Row
from readers.democracy_club import named_cells
from readers.json_parts import whole
from readers.public_sources.records import (
    DEMOCRACY_CLUB,
    ListedBallot,
    Nominated,
    Place,
    Sources,
)
from schemas.ids import check_ballot_paper_id


def read_nominations(rows: tuple[Row, ...], sources: Sources) -> None:
    """Adds a ballot for each id of a council's ballot, with its candidates.

    `rows` are those of a CSV export, or what `read_api` makes of an answer; a row without a name
    is a ballot without candidates. Other elections are left out, and with a warning what is no
    id of a ballot.
    """
    ballots: dict[str, list[Row]] = {}
    for row in rows:
        identifier = row.text("ballot_paper_id")
        if not identifier.startswith("local."):
            continue
        try:
            ballots.setdefault(check_ballot_paper_id(identifier), []).append(row)
        except ValueError:
            row.warn("ballot_paper_id", "is no id of a ballot; left out", once="no ballot")
    sources.nominations += (_ballot(identifier, same) for identifier, same in ballots.items())


def _ballot(identifier: str, rows: list[Row]) -> ListedBallot:
    first = rows[0]
    cells = named_cells(first)
    return ListedBallot(
        at=Place(DEMOCRACY_CLUB, first.file, first.line),
        ballot_paper_id=identifier,
        ward=cells["ward"],
        ward_gss=gss_or_blank(cells["ward_gss"].rpartition(":")[2]),
        seats=whole(cells["seats_contested"], most=WARD_SEATS_MAX),
        cancelled=bool(first.flag("cancelled_poll")),
        locked=first.flag("candidates_locked"),
        candidates=tuple(each for row in rows if (each := _candidate(row))),
        replaces=first.text("replaces"),
        replaced_by=first.text("replaced_by"),
        updated=first.text("last_updated"),
        organisation=first.text("organisation_name"),
    )


def _candidate(row: Row) -> Nominated | None:
    cells = named_cells(row)
    if not (cells["candidate"] or cells["party"] or cells["party_id"]):
        return None
    person = row.text("person_id") or row.text("id")
    return Nominated(cells["candidate"], cells["party"], cells["party_id"], person)
