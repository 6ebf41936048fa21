"""Comparison: what each source says of a ballot, in columns beside its nominations. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from election.declaration import Declaration
from election.evidence.names import is_one
from election.rules.majority import party_of
from election.ward import Ward
from schemas.party import wire_name
from schemas.ward import Candidate
from services.review.waiting import claims_of

_FIGURES: Final = {
    "seats": "seats_contested",
    "casual vacancies": "casual_vacancies",
    "spoilt ballots": "num_spoilt_ballots",
    "ballot papers": "num_turnout_reported",
    "turnout %": "turnout_percentage",
    "electorate": "total_electorate",
}

DIFFERS: Final = "*"
"""What marks a row in which two sources state different figures."""


@dataclass(slots=True)
class _Row:
    """A candidate, as each column has them, by the column's place."""

    name: str
    party: str
    label: str
    is_nominated: bool
    cells: dict[int, Candidate] = field(default_factory=dict)


def comparison(ward: Ward) -> list[list[str]]:
    """Returns a table of texts, the first row its head: one column a source, one row a candidate.

    Nominees come first, then those whom only sources name. The figures of the poll follow, where
    anybody states them. The first cell of a row is DIFFERS if what two sources state there
    differs, and blank if not.
    """
    claims = claims_of(ward)
    said = [claim.said for claim in claims]
    head = ["", "", "nominated", *(f"{claim.source} ({claim.trust})" for claim in claims)]
    rows = [
        _cells(
            f"{row.name or 'somebody'} ({row.label})",
            "yes" if row.is_nominated else "unknown" if _is_open(ward) else "NO",
            [_shown(row.cells.get(place)) for place in range(len(said))],
            [_stated(row.cells.get(place)) for place in range(len(said))],
        )
        for row in _rows(ward, said)
    ]
    for label, name in _FIGURES.items():
        values = [getattr(each, name) for each in said]
        listed = _listed(ward, name)
        if any(values) or listed:
            shown = ["–" if each is None else f"{each:,}" for each in values]
            stated = [(each,) for each in values]
            rows.append(_cells(label, "" if listed is None else f"{listed:,}", shown, stated))
    return [head, *rows]


def _is_open(ward: Ward) -> bool:
    """Returns whether it is not known who was nominated."""
    return ward.contest is None or ward.contest.fielded is None


def _listed(ward: Ward, name: str) -> int | None:
    """Returns a figure of the poll as the council's opening has it."""
    if ward.contest is None:
        return None
    return {
        "seats_contested": ward.contest.seats,
        "total_electorate": ward.contest.total_electorate,
    }.get(name)


def _rows(ward: Ward, said: Sequence[Declaration]) -> list[_Row]:
    nominees = ward.contest.nominees if ward.contest is not None else ()
    rows = [
        _Row(
            each.candidate,
            party_of(each),
            party_label(each.party_id, each.party),
            is_nominated=True,
        )
        for each in nominees
    ]
    for place, declared in enumerate(said):
        for each in declared.candidates:
            _row_of(each, place, rows).cells[place] = each
    return rows


def _row_of(person: Candidate, place: int, rows: list[_Row]) -> _Row:
    """Returns the row of a candidate that this column has not filled yet; a new one if none fits.

    Who is spelt alike comes before who can be the same person.
    """
    free = [row for row in rows if place not in row.cells]
    party = party_of(person)
    for row in free:
        if (row.name, row.party) == (person.candidate, party):
            return row
    for row in free:
        if is_one((row.name, row.party), (person.candidate, party)):
            return row
    label = party_label(person.party_id, person.party)
    rows.append(_Row(person.candidate, party, label, is_nominated=False))
    return rows[-1]


def party_label(party_id: str, party: str) -> str:
    """Returns what a party is called in the table; `no party` if none is stated."""
    return wire_name(party_id, party) if party_id or party else "no party"


def _shown(person: Candidate | None) -> str:
    if person is None:
        return "–"
    votes = "–" if person.votes is None else f"{person.votes:,}"
    if person.elected is None:
        return votes
    lot = " by lot" if person.tied_vote_winner else ""
    return f"{votes} elected{lot}" if person.elected else f"{votes} not elected"


def _stated(person: Candidate | None) -> tuple[object, ...]:
    return (None, None) if person is None else (person.votes, person.elected)


def _cells(
    label: str, nominated: str, shown: Sequence[str], stated: Sequence[Sequence[object]]
) -> list[str]:
    """Returns a row with its mark: whether two of the columns state something else."""
    differs = any(
        len({value for value in values if value is not None}) > 1
        for values in zip(*stated, strict=True)
    )
    return [DIFFERS if differs else "", label, nominated, *shown]
