"""`standing.csv`: what each party held before the poll, one row for each council and party."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from readers.councils import SEATS_MAX, Councils
from readers.csv_table import Row, read_table
from readers.findings import Findings
from readers.party_cell import read_party
from readers.party_register import Party, PartyRegister
from schemas.council import PartyStanding
from schemas.party import LABOUR_AND_COOPERATIVE, party_key
from schemas.spelling import compared

_SEATS = ("seats_eve_of_poll", "seats_last_election", "seats_not_up")


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A row of `standing.csv`. Seats are None if they are not known."""

    row: Row
    party: Party
    seats_eve_of_poll: int | None
    seats_last_election: int | None
    seats_not_up: int | None

    @property
    def seats_up(self) -> int:
        """The seats that the party has to defend, as far as they are known."""
        held = self.seats_eve_of_poll
        if held is None:
            held = self.seats_last_election
        return (held or 0) - (self.seats_not_up or 0)


def read_standing(
    file: Path, councils: Councils, findings: Findings, register: PartyRegister
) -> dict[str, tuple[StandingRow, ...]]:
    """Returns the rows by council id, in the order of the file.

    A council without rows has no entry. Faulty rows are added to `findings` and left out.
    """
    needs = (("council_gss", "council"), ("party_id", "party"))
    _, rows = read_table(file, findings, needs=needs)
    found: dict[str, list[StandingRow]] = {}
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        council = councils.find_for(row)
        standing = _standing(row, register, council.nation if council else "")
        if council is None or standing is None:
            continue
        label = (council.council, standing.party.party_id, compared(row.text("party")))
        if label in seen:
            row.fault("party", "has two rows for this council; give one row for each party")
            continue
        seen.add(label)
        found.setdefault(council.council, []).append(standing)
    return {council: tuple(parties) for council, parties in found.items()}


def added_up(rows: tuple[StandingRow, ...]) -> tuple[PartyStanding, ...]:
    """Returns what each party held, in the order of their first rows.

    Rows that count as one party (Labour, and Labour and Co-operative) are added up, with a
    warning where they have different names. A sum with an unknown part is unknown.
    """
    parties: dict[str, PartyStanding] = {}
    first: dict[str, StandingRow] = {}
    for each in rows:
        key = party_key(*each.party)
        found = each.row.findings.build(partial(_party, each, key), each.row.file, each.row.line)
        if found is None:
            continue
        earlier = first.setdefault(key, each)
        if earlier is not each and LABOUR_AND_COOPERATIVE not in {
            earlier.party.party_id,
            each.party.party_id,
        }:
            what = f"is the same party as on line {earlier.row.line}; the two are added up"
            each.row.warn("party", what)
        parties[key] = _added(parties[key], found) if key in parties else found
    return tuple(parties.values())


def _standing(row: Row, register: PartyRegister, nation: str) -> StandingRow | None:
    seats = [row.integer(column, most=SEATS_MAX) for column in _SEATS]
    if not row.text("party") and not row.text("party_id"):
        row.fault("party", "and party_id are both blank; give at least one of them")
        return None
    party = read_party(row, register, nation, holds=any(seats))
    return StandingRow(row, party, *seats) if party else None


def _party(row: StandingRow, key: str) -> PartyStanding:
    return PartyStanding(
        party=row.party.party,
        party_id=key,
        seats_eve_of_poll=row.seats_eve_of_poll,
        seats_last_election=row.seats_last_election,
        seats_not_up=row.seats_not_up,
    )


def _added(one: PartyStanding, other: PartyStanding) -> PartyStanding:
    """Returns the sum of two rows of one party; a sum with an unknown part is unknown."""
    sums = {}
    for column in _SEATS:
        first, second = getattr(one, column), getattr(other, column)
        sums[column] = None if first is None or second is None else first + second
    return one.model_copy(update=sums)
