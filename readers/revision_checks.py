"""Corrections of wards of which the file has no first result."""

from __future__ import annotations

from readers.ballot import Ballot
from readers.party_likeness import misspelt
from schemas.spelling import compared


def check_revisions(ballots: tuple[Ballot, ...]) -> None:
    """Adds a finding for each ward whose first revision is missing.

    It is a fault if another ward of the council looks like the one that is corrected: it has the
    same candidates, or its name is nearly the same. Else the file may have only what counts.
    """
    first: dict[str, list[Ballot]] = {}
    lowest: dict[tuple[object, object], Ballot] = {}
    for ballot in ballots:
        if ballot.revision == 1:
            first.setdefault(ballot.council.council, []).append(ballot)
        earlier = lowest.setdefault((ballot.key, ballot.poll), ballot)
        if ballot.revision < earlier.revision:
            lowest[ballot.key, ballot.poll] = ballot
    for ballot in lowest.values():
        if ballot.revision > 1:
            _check(ballot, first.get(ballot.council.council, []))


def _check(ballot: Ballot, others: list[Ballot]) -> None:
    what = f"of {ballot.name}, which has no revision 1"
    for other in others:
        if other.poll == ballot.poll and _looks_the_same(ballot, other):
            line = other.first_row.line
            meant = f"if {other.name} on line {line} is meant, give its name"
            ballot.first_row.fault("revision", f"{what}; {meant}, else leave revision blank")
            return
    ballot.first_row.warn("revision", what, once="no first revision")


def _looks_the_same(one: Ballot, other: Ballot) -> bool:
    people, others = _people(one), _people(other)
    return (bool(people) and people == others) or misspelt(one.ward, [other.ward])


def _people(ballot: Ballot) -> set[str]:
    return {compared(row.candidate) for row in ballot.rows} - {""}
