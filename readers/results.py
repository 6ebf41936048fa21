"""`results.csv`: wards, seats, nominations and results, one row for each candidate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import get_args

from readers.ballot import Ballot, CandidateRow, WardKey
from readers.ballot_checks import WARD_SEATS_MAX, check_ballot, seats_contested
from readers.councils import Councils, ListedCouncil
from readers.csv_table import Row
from readers.findings import Findings
from readers.party_cell import read_party
from readers.party_register import Party, PartyRegister
from readers.result_rows import read_result_rows
from readers.revision_checks import check_revisions
from readers.turnout import read_turnout
from readers.ward_names import WardName, WardNames
from schemas.ids import ballot_paper_id, belongs_to, check_ballot_paper_id
from schemas.ward import Status

VOTES_MAX = 10_000_000
"""The most votes or electors, as the schemas limit them."""

REVISION_MAX = 1_000_000
"""The highest revision, as the schemas limit it."""

SOURCE_CHARACTERS_MAX = 300
"""Longer sources, often web addresses, are cut off here: the schemas allow no more."""

_BALLOT_COLUMNS = (
    *("council_gss", "council", "ward_gss", "ward", "ballot_paper_id", "election_date", "revision"),
)
_STATUSES: dict[str, Status | None] = {status: status for status in get_args(Status)}
_STATUSES |= {"": None, "declared": None, "waiting": None}

_Key = tuple[str, str, str, date, int]


def read_results(  # noqa: PLR0913 - two of them are options
    file: Path,
    councils: Councils,
    findings: Findings,
    register: PartyRegister,
    *,
    nominations_only: bool,
    leave_out: bool = False,
) -> tuple[Ballot, ...]:
    """Returns the ballots of `results.csv` in the order of their first rows.

    Also reads the other forms that `read_result_rows` knows. With `nominations_only` the columns
    of results are ignored. Faulty rows are added to `findings` and left out. With `leave_out` a
    ward with a fault is listed without its result instead, open to anyone, and its faults are
    warnings.
    """
    rows = read_result_rows(file, councils, findings)
    return ballots_of(
        rows, councils, findings, register, nominations_only=nominations_only, leave_out=leave_out
    )


def ballots_of(  # noqa: PLR0913 - two of them are options
    rows: tuple[Row, ...],
    councils: Councils,
    findings: Findings,
    register: PartyRegister,
    *,
    nominations_only: bool = False,
    leave_out: bool = False,
) -> tuple[Ballot, ...]:
    """Returns the ballots of rows under the columns of `results.csv`, as `read_results` does."""
    reader = _Reader(findings, register, nominations_only=nominations_only, leave_out=leave_out)
    found = (
        reader.ballot(key, council, rows_of_one)
        for key, council, rows_of_one in _by_ballot(rows, councils)
    )
    ballots = tuple(ballot for ballot in found if ballot is not None)
    if reader.left_out:
        ballots = tuple(each for each in ballots if reader.counts(each))
    if not nominations_only:
        check_revisions(ballots)
    return ballots


_Positioned = tuple[int, Row]


def _by_ballot(
    rows: tuple[Row, ...], councils: Councils
) -> list[tuple[_Key, ListedCouncil, list[_Positioned]]]:
    """Returns the rows of each ballot, each with its position, in the order of their first rows."""
    cells: dict[tuple[str, ...], list[_Positioned]] = {}
    for position, row in enumerate(rows):
        cells.setdefault(tuple(map(row.text, _BALLOT_COLUMNS)), []).append((position, row))
    named: dict[str, list[WardName]] = {}
    groups = []
    for same in cells.values():
        council = councils.find_for(same[0][1])
        if council is not None:
            groups.append((council, same))
            named.setdefault(council.council, []).append(_ward_name(same[0][1]))
    nations = {council.council: council.nation for council, _ in groups}
    wards = {each: WardNames(names, nations[each]) for each, names in named.items()}
    ballots: dict[_Key, tuple[ListedCouncil, list[_Positioned]]] = {}
    for council, same in groups:
        key = _key(same[0][1], council, wards[council.council])
        if key is not None:
            ballots.setdefault(key, (council, []))[1].extend(same)
    return [(key, council, same) for key, (council, same) in ballots.items()]


def _ward_name(row: Row) -> WardName:
    return WardName(row.text("ward_gss"), row.text("ward"), row.text("ballot_paper_id"))


def _key(row: Row, council: ListedCouncil, wards: WardNames) -> _Key | None:
    ward_gss, ward, _ = wards.ward(_ward_name(row))
    poll = row.day("election_date") or council.poll
    revision = row.integer("revision", most=REVISION_MAX)
    if poll < council.poll:
        row.fault("election_date", f"is before the poll of {council.name} on {council.poll}")
        return None
    return (council.council, ward_gss, ward, poll, revision or 1)


@dataclass(slots=True)
class _Reader:
    findings: Findings
    register: PartyRegister
    nominations_only: bool
    leave_out: bool
    left_out: dict[tuple[WardKey, date], Ballot] = field(default_factory=dict)

    def ballot(self, key: _Key, council: ListedCouncil, rows: list[_Positioned]) -> Ballot | None:
        """Returns a ballot, or None after adding a fault."""
        before = self.findings.fault_count
        ballot = self._read(key, council, rows)
        if self.leave_out and ballot is not None:
            self._build(ballot)
        if self.findings.fault_count == before:
            return ballot
        opened = _without_result(key, council, rows) if self.leave_out else None
        if opened is None:
            self.findings.of_ward(before)
            return None
        self.findings.leave_out(before, opened.name)
        self.left_out[opened.key, opened.poll] = opened
        return opened

    def counts(self, ballot: Ballot) -> bool:
        """Returns whether a ballot is the one of its ward that counts: the one left out, if any."""
        return self.left_out.get((ballot.key, ballot.poll), ballot) is ballot

    def _read(self, key: _Key, council: ListedCouncil, rows: list[_Positioned]) -> Ballot | None:
        found = tuple(
            each
            for position, row in rows
            if (each := self._candidate(row, position, council)) is not None
        )
        if not found:
            return None
        return _ballot(key, council, found, nominations_only=self.nominations_only)

    def _candidate(self, row: Row, position: int, council: ListedCouncil) -> CandidateRow | None:
        party = _party(row, self.register, council)
        return _candidate_row(row, position, party, nominations_only=self.nominations_only)

    def _build(self, ballot: Ballot) -> None:
        """Adds a fault if the schemas refuse the ward or its result."""
        row = ballot.first_row
        self.findings.build(partial(ballot.opened, ballot.plain_id), row.file, row.line)
        if ballot.declared:
            result = partial(ballot.result, ballot.plain_id, "rehearsal")
            self.findings.build(result, row.file, row.line)


def _without_result(key: _Key, council: ListedCouncil, rows: list[_Positioned]) -> Ballot | None:
    """Returns a ward of which nothing is known but its seats; None if they are not known either."""
    _, ward_gss, ward, poll, revision = key
    position, row = rows[0]
    seats = next((found for _, each in rows if (found := _seats(each))), None)
    identifier = _plain_id(row, council, poll, ward or ward_gss)
    if seats is None or not identifier:
        return None
    unknown = CandidateRow(row, position, "", "", "", None, None, tied_vote_winner=False)
    return Ballot(
        council, ward_gss, ward, poll, revision, (unknown,), seats, identifier, complete=False
    )


def _seats(row: Row) -> int | None:
    """Returns the seats in a row if they can be read."""
    cell = row.text("seats_contested")
    return int(cell) if cell.isdecimal() and 0 < int(cell[:4]) <= WARD_SEATS_MAX else None


def _candidate_row(
    row: Row, position: int, party: Party | None, *, nominations_only: bool
) -> CandidateRow | None:
    candidate = row.text("candidate")
    votes = None if nominations_only else row.integer("votes", most=VOTES_MAX)
    elected = None if nominations_only else row.flag("elected")
    tied = False if nominations_only else bool(row.flag("tied_vote_winner"))
    if party is None:
        return None
    if not party.party_id and not party.party and not candidate and (votes or elected):
        row.fault("candidate", "and party are blank beside a result; say whose it is")
        return None
    return CandidateRow(
        row=row,
        position=position,
        candidate=candidate,
        party=party.party,
        party_id=party.party_id,
        votes=votes,
        elected=elected,
        tied_vote_winner=tied,
        office=row.text("office"),
    )


def _party(row: Row, register: PartyRegister, council: ListedCouncil) -> Party | None:
    """Returns a row's party, blank if nothing is known of its candidate; None after a fault."""
    if not row.text("party") and not row.text("party_id"):
        if not row.text("candidate"):
            return Party("", "")
        row.warn("party", "is blank; counted as an independent", once="blank party")
    return read_party(row, register, council.nation)


def _ballot(
    key: _Key, council: ListedCouncil, rows: tuple[CandidateRow, ...], *, nominations_only: bool
) -> Ballot | None:
    _, ward_gss, ward, poll, revision = key
    row = rows[0].row
    seats = seats_contested(rows)
    identifier = _plain_id(_identified(rows), council, poll, ward or ward_gss)
    if seats is None or not identifier:
        return None
    ballot = Ballot(
        council=council,
        ward_gss=ward_gss,
        ward=ward,
        poll=poll,
        revision=revision,
        rows=rows,
        seats_contested=seats,
        source=row.text("source")[:SOURCE_CHARACTERS_MAX],
        plain_id=identifier,
        status=_status(row),
        declared_at=None if nominations_only else _first_time(rows),
        total_electorate=row.integer_or_warn("electorate", most=VOTES_MAX),
        turnout_percentage=read_turnout(row),
        num_turnout_reported=row.integer_or_warn("ballots_cast", most=VOTES_MAX),
        num_spoilt_ballots=row.integer_or_warn("spoilt", most=VOTES_MAX),
        expected_at=row.time("expected_at"),
        replaces=row.text("replaces"),
    )
    return check_ballot(ballot, nominations_only=nominations_only)


def _first_time(rows: tuple[CandidateRow, ...]) -> datetime | None:
    timed = (each.row for each in rows if each.row.text("declared_at"))
    return next((row.time("declared_at") for row in timed), None)


def _identified(rows: tuple[CandidateRow, ...]) -> Row:
    """Returns the first row that gives the ballot's id, or else the first."""
    return next((each.row for each in rows if each.row.text("ballot_paper_id")), rows[0].row)


def _plain_id(row: Row, council: ListedCouncil, poll: date, ward: str) -> str:
    """Returns the id that the file gives, or one of the ward's name; blank after a fault."""
    given = row.text("ballot_paper_id")
    try:
        if not given:
            return ballot_paper_id(council.name, ward, poll)
        if belongs_to(check_ballot_paper_id(given), council.council):
            return given
    except ValueError as error:
        row.fault("ballot_paper_id" if given else "ward", f"cannot be used: {error}")
        return ""
    row.fault("ballot_paper_id", f"is no ballot of {council.council}")
    return ""


def _status(row: Row) -> Status | None:
    status = row.text("status").casefold()
    if status not in _STATUSES:
        row.fault("status", f"is none of {', '.join(filter(None, _STATUSES))}; give one of them")
    return _STATUSES.get(status)
