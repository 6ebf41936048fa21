"""Turns Democracy Club's CSV exports into rows of `results.csv`.

They are the data download of candidates.democracyclub.org.uk with the field group "results", and
the site's other CSV of candidates, whose columns begin `id,name`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from readers.council_names import council_words
from readers.councils import Councils, ListedCouncil, gss_or_blank
from readers.csv_table import Needs, Row
from schemas.ids import is_by_election

NEEDS: tuple[Needs, ...] = (
    (("ballot_paper_id",), ("person_name",), ("party_name",)),
    (("ballot_paper_id",), ("name",), ("party_name", "party_id", "party_ec_id")),
)
"""The columns by which the exports are recognised."""

# Each column of results.csv, and what the exports call it.
_COLUMNS = {
    "election_date": ("election_date",),
    "ward": ("post_label",),
    "ward_gss": ("gss", "gss_code", "post_id"),
    "seats_contested": ("seats_contested",),
    "candidate": ("person_name", "name"),
    "party": ("party_name",),
    "party_id": ("party_ec_id", "party_id"),
    "votes": ("votes_cast",),
    "elected": ("elected",),
    "tied_vote_winner": ("tied_vote_winner",),
    "electorate": ("total_electorate",),
    "turnout_pct": ("turnout_percentage",),
    "ballots_cast": ("turnout_reported",),
    "spoilt": ("spoilt_ballots",),
    "source": ("results_source",),
    "ballot_paper_id": ("ballot_paper_id",),
}


def is_democracy_club(columns: frozenset[str]) -> bool:
    """Returns whether the columns of a file are those of one of the exports."""
    return any(all(columns & set(names) for names in needs) for needs in NEEDS)


def from_democracy_club(rows: tuple[Row, ...], councils: Councils) -> tuple[Row, ...]:
    """Returns the rows of council ballots under the columns of `results.csv`.

    Councils are found by the organisation in the ballot's id, or by its name. Rows of other
    elections (mayors, parliaments), of councils that are not listed and of earlier polls are left
    out, with one warning for each of these kinds. A cancelled poll with no more candidates than
    seats is uncontested, any other is countermanded. A by-election is left out, unless its council
    has no other poll: its seat is not up, and it does not change who controls the council.
    """
    by_organisation = {council.council.split(".")[1]: council for council in councils.all}
    candidates = Counter(row.text("ballot_paper_id") for row in rows)
    polls = {_poll(each) for each in candidates if not is_by_election(each)}
    found: list[Row] = []
    others: list[Row] = []
    for row in rows:
        ballot = row.text("ballot_paper_id")
        if not ballot.startswith("local."):
            row.warn("ballot_paper_id", "is of no council election; left out", once="not local")
            continue
        slug = _organisation(ballot)
        council = by_organisation.get(slug) or _named(councils, slug, row)
        if council is None:
            others.append(row)
            continue
        if is_by_election(ballot) and _poll(ballot) in polls:
            what = "is a by-election for a seat that is not up; left out"
            row.warn("ballot_paper_id", what, once="by-election")
            continue
        poll = row.day("election_date")
        if poll and poll < council.poll:
            what = f"is before the poll of {council.name} on {council.poll}; left out"
            row.warn("election_date", what, once="earlier poll")
            continue
        found.append(replace(row, cells=_cells(row, council, candidates)))
    leave_out_others(others, "ballot_paper_id", councils, found)
    return tuple(found)


def leave_out_others(
    others: list[Row], column: str, councils: Councils, found: Iterable[Row]
) -> None:
    """Warns once of rows of other councils; adds a fault if no row is of a listed one.

    `column` says whose a row is, and `found` are the rows of listed councils. Warns also of listed
    councils without a row, which may be among the others under another name.
    """
    what = "is of a council that is not in councils.csv"
    named = {row.text("council") for row in found}
    if others and not named:
        others[0].fault(column, f"{what}, as is every row; add the council there")
        return
    for row in others:
        row.warn(column, f"{what}; left out", once="other council")
    missing = [council.name for council in councils.all if council.name not in named]
    if others and missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""  # noqa: PLR2004
        without = f"no row is of {', '.join(missing[:3])}{more}, which councils.csv has"
        others[0].warn_without_value("council", without)


def _named(councils: Councils, slug: str, row: Row) -> ListedCouncil | None:
    """Returns the council with the words of a slug, or with the name that a row gives."""
    return councils.with_words(council_words(slug)) or councils.with_words(
        council_words(row.text("organisation_name"))
    )


def _organisation(ballot_paper_id: str) -> str:
    """Returns the second part of a ballot's id, the slug of its council."""
    return ballot_paper_id.partition(".")[2].partition(".")[0]


def _poll(ballot_paper_id: str) -> tuple[str, str]:
    """Returns the slug of a ballot's council, and the day on which it is polled."""
    return _organisation(ballot_paper_id), ballot_paper_id.rpartition(".")[2]


def named_cells(row: Row) -> dict[str, str]:
    """Returns the cells of a row under the columns of `results.csv`."""
    return {
        name: next((row.text(column) for column in columns if row.text(column)), "")
        for name, columns in _COLUMNS.items()
    }


def _cells(row: Row, council: ListedCouncil, candidates: Counter[str]) -> dict[str, str]:
    cells = named_cells(row)
    identifier = cells["ballot_paper_id"]
    cells["council"] = council.name
    cells["council_gss"] = council.council_gss
    cells["ballot_paper_id"] = _of_council(identifier, council)
    if is_by_election(identifier):
        cells["ward"] = f"{cells['ward']} (by-election)"
    cells["ward_gss"] = gss_or_blank(cells["ward_gss"].removeprefix("gss:"))
    if row.flag("cancelled_poll"):
        seats = row.integer("seats_contested", most=1_000) or 0
        contested = candidates[identifier] > seats
        cells["status"] = "countermanded" if contested else "uncontested"
    return cells


def _of_council(identifier: str, council: ListedCouncil) -> str:
    """Returns a ballot's id under its council's slug: councils.csv may give another one."""
    kind, *rest = identifier.split(".")
    return ".".join((kind, council.council.split(".")[1], *rest[1:]))
