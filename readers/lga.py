"""Turns election results in the schema of the Local Government Association into `results.csv`.

Councils publish them with a row for each candidate and columns such as `ElectoralAreaLabel`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from readers.council_names import council_words
from readers.councils import Councils, ListedCouncil, gss_or_blank
from readers.csv_table import Needs, Row
from readers.democracy_club import leave_out_others
from schemas.spelling import compared

NEEDS: Final[Needs] = (
    ("electoralarealabel", "electoralareauri"),
    ("candidatesurname", "candidatename", "candidatelabel"),
    ("politicalpartylabel", "politicalpartyuri", "candidatesdescription"),
)
"""The columns by which the schema is recognised, in lower case."""

LATER_DAYS_MAX: Final = 90
"""How long after the council's poll a countermanded one is held; what is later is a by-election."""

_OTHER_ELECTIONS: Final = (
    *("parish", "town", "mayor", "parliament", "police", "crime", "european", "assembly"),
    *("senedd", "referendum", "combined"),
)
_REJECTED: Final = "ballotsrejected"


def is_lga(columns: frozenset[str]) -> bool:
    """Returns whether the columns of a file are those of the schema."""
    return all(columns & set(names) for names in NEEDS)


def from_lga(rows: tuple[Row, ...], councils: Councils) -> tuple[Row, ...]:
    """Returns the rows of council elections under the columns of `results.csv`.

    Codes and party ids are the ends of their addresses. Rows of other elections, of councils that
    are not listed and of other days are left out, with one warning for each of these kinds.
    """
    found: list[Row] = []
    others: list[Row] = []
    for row in rows:
        kind = compared(row.text("typeofelection"))
        if any(word in kind for word in _OTHER_ELECTIONS):
            row.warn("typeofelection", "is of no council election; left out", once="not local")
            continue
        council = _council(row, councils)
        if council is None:
            others.append(row)
            continue
        poll = row.day("electiondate")
        if poll and not council.poll <= poll <= council.poll + timedelta(days=LATER_DAYS_MAX):
            what = f"is not the poll of {council.name} on {council.poll}; left out"
            row.warn("electiondate", what, once="other poll")
            continue
        found.append(replace(row, cells=_cells(row, council)))
    leave_out_others(others, "organisationlabel", councils, found)
    return tuple(found)


def _council(row: Row, councils: Councils) -> ListedCouncil | None:
    code, name = _end(row.text("organisationuri")), row.text("organisationlabel")
    if not name and not gss_or_blank(code) and len(councils.all) == 1:
        return councils.all[0]
    return councils.find(gss_or_blank(code), name) or councils.with_words(council_words(name))


def _cells(row: Row, council: ListedCouncil) -> dict[str, str]:
    return {
        "election_date": row.text("electiondate"),
        "council": council.name,
        "council_gss": council.council_gss,
        "ward": row.text("electoralarealabel"),
        "ward_gss": gss_or_blank(_end(row.text("electoralareauri"))),
        "seats_contested": _first(row, "numberofseats", "seatscontested", "seats"),
        "candidate": _candidate(row),
        "party": _first(row, "politicalpartylabel", "candidatesdescription"),
        "party_id": row.text("politicalpartyuri"),
        "votes": _first(row, "voteswon", "votes"),
        "elected": row.text("elected"),
        "electorate": row.text("eligibleelectorate"),
        "turnout_pct": row.text("percentageturnout"),
        "ballots_cast": _first(row, "ballotsissued", "votescast"),
        "spoilt": _rejected(row),
    }


def _first(row: Row, *columns: str) -> str:
    return next((row.text(column) for column in columns if row.text(column)), "")


def _candidate(row: Row) -> str:
    surname = _first(row, "commonlyusedsurname", "candidatesurname")
    forenames = _first(row, "commonlyusedforenames", "candidateforenames")
    return f"{forenames} {surname}".strip() or _first(row, "candidatename", "candidatelabel")


def _rejected(row: Row) -> str:
    """Returns the papers rejected: the sum of the columns for each reason, or the total."""
    total = _first(row, f"{_REJECTED}total", f"total{_REJECTED}", _REJECTED)
    reasons = [value for name, value in row.cells.items() if name.startswith(_REJECTED)]
    counted = [int(value) for value in reasons if value.isdecimal() and len(value) <= 9]  # noqa: PLR2004
    return total or (str(sum(counted)) if counted else "")


def _end(address: str) -> str:
    """Returns the last part of an address, such as E05000001."""
    return address.rstrip("/").rpartition("/")[2]
