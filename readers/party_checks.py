"""Findings about the parties of a council: who has no match, and who looks like somebody else."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from readers.ballot import Ballot, CandidateRow
from readers.council_parties import CouncilParties
from readers.councils import ListedCouncil
from readers.csv_table import Row
from readers.party_label import lumps_parties
from readers.party_likeness import alike, shares_a_word
from readers.party_register import Party, PartyRegister
from readers.standing import StandingRow
from schemas.base import PARTIES_MAX
from schemas.council_result import PartySeats
from schemas.party import INDEPENDENT, NOC, party_key
from schemas.spelling import compared


def check_parties(
    council: ListedCouncil,
    standing: tuple[StandingRow, ...],
    ballots: tuple[Ballot, ...],
    parties: CouncilParties,
) -> None:
    """Adds what is odd or wrong about who holds seats and who stands.

    `standing` and `ballots` have their parties as `parties` gives them. If a party that controls or
    defends seats stands nowhere, and a label that is nobody's could be it, that is a fault where
    the two have to be one for control to be right, else a warning.
    """
    rows = [row for ballot in ballots for row in ballot.rows if not row.unknown]
    held = {party_key(*row.party) for row in standing}
    control = parties.of_control(council.control_before)
    strangers = _strangers(rows, held | {control or ""}, parties.register)
    everyone = {row.party_key for row in rows}
    lumped = any(lumps_parties(row.party_id, row.party) for row in rows)
    if rows and not any(row.unknown for ballot in ballots for row in ballot.rows):
        for expected in _expected(council, standing, parties):
            if party_key(*expected.party) not in everyone:
                _check_missing(expected, strangers, parties.register, lumped=lumped)
    _warn_of_likeness(strangers, parties.register)
    _warn_of_winners(ballots, strangers)
    _warn_of_labels(rows, parties.register)


def check_council_result(
    council: ListedCouncil, rows: list[Row], seats: list[PartySeats], parties: CouncilParties
) -> None:
    """Adds a fault if the party in control has no row, and a label that is nobody's could be it."""
    control = council.control_before
    if control is None or control.party_id in {NOC, INDEPENDENT}:
        return
    party, register = parties.of(control), parties.register
    if party_key(*party) in {each.party_id for each in seats}:
        return
    name, names = _names(party, register)
    for row, each in zip(rows, seats, strict=True):
        known = each.party_id != each.party or register.is_known("", each.party)
        if not known and not lumps_parties("", each.party) and alike(each.party, names):
            what = f"could be {name}, which controls {council.name} and has no row"
            row.fault(
                "party", f"{what}; give its party_id, or say in parties.csv whose label it is"
            )


def _strangers(
    rows: Iterable[CandidateRow], held: set[str], register: PartyRegister
) -> dict[str, CandidateRow]:
    """Returns the labels that are nobody's, each with its first row."""
    found: dict[str, CandidateRow] = {}
    for row in rows:
        if (
            not row.party_id
            and row.party not in held
            and row.party not in found
            and not register.is_known("", row.party)
            and not lumps_parties("", row.party)
        ):
            found[row.party] = row
    return found


class _Expected(NamedTuple):
    """A party of which somebody should stand, and the row and column that say so.

    `decides` says whether control hangs on its finding a match.
    """

    row: Row
    column: str
    party: Party
    decides: bool


def _expected(
    council: ListedCouncil, standing: tuple[StandingRow, ...], parties: CouncilParties
) -> list[_Expected]:
    found: dict[str, _Expected] = {}
    if council.control_before and council.control_before.party_id != NOC:
        party = parties.of(council.control_before)
        found[party_key(*party)] = _Expected(council.row, "control_before", party, decides=True)
    for each in standing:
        if each.seats_up > 0 and not lumps_parties(*each.party):
            decides = bool(each.seats_not_up) or each.party.party_id in parties.register.national
            expected = _Expected(each.row, "party", each.party, decides)
            found.setdefault(party_key(*each.party), expected)
    return [each for each in found.values() if each.party.party_id != INDEPENDENT]


def _check_missing(
    expected: _Expected,
    strangers: dict[str, CandidateRow],
    register: PartyRegister,
    *,
    lumped: bool,
) -> None:
    row, column, party, decides = expected
    name, names = _names(party, register)
    known = islice(strangers.items(), PARTIES_MAX)
    could_be = [each for label, each in known if alike(label, names)]
    what = f"({name}) stands in no ward of this council"
    if could_be:
        other = could_be[0]
        what = (
            f"{what}, but {other.party!r} ({other.row.file.name}, line {other.row.line}) could be"
            f" it; give that row the party_id {party.party_id or name!r}, or say in parties.csv"
            " whose label it is"
        )
    if could_be and decides:
        row.fault(column, what)
    elif could_be or column == "control_before" or not lumped:
        row.warn(column, what, once="" if could_be else f"nobody {column}")


def _names(party: Party, register: PartyRegister) -> tuple[str, set[str]]:
    """Returns a party's name, and all the names that are its own."""
    name = party.party or register.name(party.party_id) or party.party_id
    return name, {name, *register.names(party.party_id)}


def _warn_of_likeness(strangers: dict[str, CandidateRow], register: PartyRegister) -> None:
    for label, each in islice(strangers.items(), PARTIES_MAX):
        party_id = register.resembled(label)
        if party_id:
            what = (
                f"resembles {register.name(party_id)} ({party_id}), and is counted as a party of"
                " its own; give its party_id, or say in parties.csv whose label it is"
            )
            each.row.warn("party", what, once=f"resembles {label}")


def _warn_of_winners(ballots: tuple[Ballot, ...], strangers: dict[str, CandidateRow]) -> None:
    winners = {row.party for ballot in ballots for row in ballot.winners() if not row.party_id}
    for label, each in strangers.items():
        if label in winners:
            what = "is in no register, wins a seat, and is counted as a party of its own"
            each.row.warn("party", what, once="local winner")


def _warn_of_labels(rows: Iterable[CandidateRow], register: PartyRegister) -> None:
    """Warns of one id under two labels that look like two parties."""
    labels: dict[str, dict[str, CandidateRow]] = {}
    for row in rows:
        if row.party_id and row.party_id != INDEPENDENT:
            labels.setdefault(row.party_id, {}).setdefault(compared(row.party), row)
    for party_id, found in labels.items():
        names = {compared(name): name for name in register.names(party_id)}
        for label, each in found.items():
            others = list(names.values())
            if others and label not in names and not shares_a_word(each.party, others):
                what = f"has the id {party_id}, as {others[0]!r} has; counted as one party"
                each.row.warn("party", what, once=f"label {party_id}")
            names[label] = each.party
