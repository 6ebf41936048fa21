"""Turns the results export of candidates.democracyclub.org.uk into rows of `results.csv`.

The export is the site's data download with the field group "results".
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from readers.councils import Councils, ListedCouncil, gss_or_blank
from readers.csv_table import Row

_COLUMNS = {
    "election_date": "election_date",
    "ward": "post_label",
    "seats_contested": "seats_contested",
    "candidate": "person_name",
    "party": "party_name",
    "votes": "votes_cast",
    "elected": "elected",
    "tied_vote_winner": "tied_vote_winner",
    "electorate": "total_electorate",
    "turnout_pct": "turnout_percentage",
    "ballots_cast": "turnout_reported",
    "spoilt": "spoilt_ballots",
    "source": "results_source",
    "ballot_paper_id": "ballot_paper_id",
}


def is_democracy_club(columns: frozenset[str]) -> bool:
    """Returns whether the columns of a file are those of the export."""
    return {"ballot_paper_id", "person_name", "party_name"} <= columns


def from_democracy_club(rows: tuple[Row, ...], councils: Councils) -> tuple[Row, ...]:
    """Returns the rows of council ballots under the columns of `results.csv`.

    Councils are found by the organisation in the ballot's id. Rows of other elections
    (mayors, parliaments) are left out with a warning. A cancelled poll with no more candidates
    than seats is uncontested, any other is countermanded. A by-election on the same day becomes
    a ward of its own.
    """
    by_organisation = {council.council.split(".")[1]: council for council in councils.all}
    candidates = Counter(row.text("ballot_paper_id") for row in rows)
    found = []
    for row in rows:
        kind, _, rest = row.text("ballot_paper_id").partition(".")
        if kind != "local":
            row.warn("ballot_paper_id", "is of no council election; left out", once="not local")
            continue
        council = by_organisation.get(rest.partition(".")[0])
        found.append(replace(row, cells=_cells(row, council, candidates)))
    return tuple(found)


def _cells(row: Row, council: ListedCouncil | None, candidates: Counter[str]) -> dict[str, str]:
    cells = {name: row.text(column) for name, column in _COLUMNS.items()}
    cells["council"] = council.name if council else cells["ballot_paper_id"]
    cells["council_gss"] = council.council_gss if council else ""
    if ".by." in cells["ballot_paper_id"]:
        cells["ward"] = f"{cells['ward']} (by-election)"
    cells["ward_gss"] = gss_or_blank(row.text("gss"))
    # Exports made before 2020 write party:52 for PP52.
    cells["party_id"] = (
        row.text("party_id").replace("party:", "PP", 1).replace("joint-PP", "joint-party:")
    )
    if row.flag("cancelled_poll"):
        seats = row.integer("seats_contested", most=1_000) or 0
        contested = candidates[cells["ballot_paper_id"]] > seats
        cells["status"] = "countermanded" if contested else "uncontested"
    return cells
