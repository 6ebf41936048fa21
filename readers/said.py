"""Said: what a source says now of the ballots and councils of a night, as events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final, NamedTuple

from readers.ballot import Ballot
from readers.councils import ListedCouncil
from readers.csv_table import Row
from readers.events import EventPlaces
from readers.findings import Findings
from readers.results import ballots_of
from readers.ward_names import WardName, WardNames
from schemas.base import Mode
from schemas.council_result import CouncilDeclared
from schemas.ward import WardDeclared

TOLD: Final = frozenset({"uncontested", "countermanded", "postponed"})
"""Statuses after which no result comes from a count: who prepares the night has to know of them."""


class Said(NamedTuple):
    """What a source says now.

    `silent` are ballots that it lists without a result, each as the event that takes back what it
    may have said of them before.
    """

    results: tuple[WardDeclared | CouncilDeclared, ...] = ()
    silent: tuple[WardDeclared, ...] = ()


class SaidReader:
    """Reads rows of results beside the files of a night; what is not in these is no guess.

    A ballot is found by its id, or by council, ward and day. Its seats are those of the night where
    the source does not state them.
    """

    def __init__(self, places: EventPlaces, mode: Mode) -> None:
        self._places = places
        self._mode = mode
        self._of_id = {
            places.identifiers[ballot.key, ballot.poll]: ballot for ballot in places.ballots
        }
        self._of_ward: dict[tuple[str, str, str], list[Ballot]] = {}
        named: dict[str, list[WardName]] = {}
        for ballot in places.ballots:
            self._of_ward.setdefault(ballot.key, []).append(ballot)
            name = WardName(ballot.ward_gss, ballot.ward)
            named.setdefault(ballot.council.council, []).append(name)
        nations = {each.council: each.nation for each in places.councils.all}
        self._wards = {each: WardNames(names, nations[each]) for each, names in named.items()}

    @property
    def places(self) -> EventPlaces:
        """The councils, ballots and parties of the night."""
        return self._places

    @property
    def mode(self) -> Mode:
        """The mode of the events."""
        return self._mode

    def has(self, event: WardDeclared | CouncilDeclared) -> bool:
        """Returns whether an event is of a ballot, or a council, of the night."""
        if isinstance(event, WardDeclared):
            ballot = self._of_id.get(event.ballot_paper_id)
            return ballot is not None and ballot.council.council == event.council
        return any(council.council == event.council for council in self._places.councils.all)

    def read(self, rows: Iterable[Row], findings: Findings) -> Said:
        """Returns what rows under the columns of `results.csv` say; each ballot's highest revision.

        What cannot be read, and what is of no ballot of the night, is a fault in `findings` and
        left out; all else is read.
        """
        known = tuple(self._known(rows))
        if not known:
            return Said()
        register = next(iter(self._places.parties.values())).register
        newest: dict[str, Ballot] = {}
        for each in ballots_of(known, self._places.councils, findings, register):
            ballot = self._places.parties[each.council.council].of_ballot(each)
            kept = newest.setdefault(ballot.plain_id, ballot)
            if ballot.revision > kept.revision:
                newest[ballot.plain_id] = ballot
        results = [self._result(each, findings) for each in newest.values() if each.declared]
        silent = [self._silence(each, findings) for each in newest.values() if _says_nothing(each)]
        for each in newest.values():
            self._tell_of_status(each)
        return Said(tuple(filter(None, results)), tuple(filter(None, silent)))

    def _known(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Yields the rows of ballots of the night, under the names that the night has for them."""
        found: dict[tuple[str, ...], Ballot | None] = {}
        for row in rows:
            named = tuple(map(row.text, _NAMES))
            if named not in found:
                found[named] = self._ballot(row)
            ballot = found[named]
            if ballot is not None:
                yield replace(row, cells={**row.cells, **self._named(row, ballot)})

    def _named(self, row: Row, ballot: Ballot) -> dict[str, str]:
        seats = row.text("seats_contested")
        return {
            "council": ballot.council.name,
            "council_gss": ballot.council.council_gss,
            "ward": ballot.ward,
            "ward_gss": ballot.ward_gss,
            "election_date": ballot.poll.isoformat(),
            "ballot_paper_id": self._places.identifiers[ballot.key, ballot.poll],
            "seats_contested": seats if seats.strip("0") else str(ballot.seats_contested),
        }

    def _ballot(self, row: Row) -> Ballot | None:
        """Returns the ballot of the night that a row means; None after adding a fault."""
        council = self._places.councils.find_for(row)
        if council is None:
            return None
        identifier = row.text("ballot_paper_id")
        if identifier in self._of_id:
            return self._of_id[identifier]
        found = self._in_ward(row, council)
        if found is None:
            column = "ballot_paper_id" if identifier else "ward"
            what = f"is none of the ballots of {council.name} in the night; correct one of the two"
            row.fault(column, what)
        return found

    def _in_ward(self, row: Row, council: ListedCouncil) -> Ballot | None:
        wards = self._wards.get(council.council)
        ward = wards and wards.find(WardName(row.text("ward_gss"), row.text("ward")))
        if not ward:
            return None
        day: date = row.day("election_date") or council.poll
        ballots = self._of_ward[council.council, ward.ward_gss, ward.ward]
        return next((each for each in ballots if each.poll == day), None)

    def _result(self, ballot: Ballot, findings: Findings) -> WardDeclared | None:
        row = ballot.first_row
        return findings.build(
            partial(ballot.result, ballot.plain_id, self._mode), row.file, row.line, of_ward=True
        )

    def _silence(self, ballot: Ballot, findings: Findings) -> WardDeclared | None:
        nothing = tuple(replace(row, elected=None) for row in ballot.rows)
        return self._result(replace(ballot, rows=nothing), findings)

    def _tell_of_status(self, ballot: Ballot) -> None:
        """Adds a fault if no result will come, and the night does not know it."""
        of_night = self._of_id[ballot.plain_id].status
        if ballot.status in TOLD and ballot.status != of_night:
            what = f"is not so in the night: {ballot.plain_id}; prepare and declare the night again"
            ballot.first_row.fault("status", what)


_NAMES: Final = (
    *("council", "council_gss", "ward", "ward_gss", "ballot_paper_id", "election_date"),
)
"""The columns that say of which ballot a row is."""


def _says_nothing(ballot: Ballot) -> bool:
    """Returns whether a ballot has its people, and neither votes nor marks for anybody."""
    return not any(row.unknown or row.votes is not None or row.elected for row in ballot.rows)
