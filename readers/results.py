"""`results.csv`: wards, seats, nominations and results, one row for each candidate."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import get_args

from readers.ballot import Ballot, CandidateRow
from readers.ballot_checks import check_ballot, seats_contested
from readers.councils import Councils, ListedCouncil
from readers.csv_table import Row, read_table
from readers.democracy_club import from_democracy_club, is_democracy_club
from readers.findings import Findings
from readers.party_cell import read_party
from readers.party_register import Party, PartyRegister
from schemas.ids import ballot_paper_id, belongs_to, check_ballot_paper_id
from schemas.ward import Status

VOTES_MAX = 10_000_000
"""The most votes or electors, as the schemas limit them."""

REVISION_MAX = 1_000_000
"""The highest revision, as the schemas limit it."""

TURNOUT_PERCENTAGE_MAX = 1_000.0
"""A turnout above this is a typing error and is left out, with a warning."""

SOURCE_CHARACTERS_MAX = 300
"""Longer sources, often web addresses, are cut off here: the schemas allow no more."""

_NEEDS = (
    ("council_gss", "council", "ballot_paper_id"),
    ("ward", "ward_gss", "post_label"),
    ("seats_contested",),
    ("candidate", "person_name"),
    ("party", "party_id", "party_name"),
)
_BALLOT_COLUMNS = ("council_gss", "council", "ward_gss", "ward", "election_date", "revision")
_STATUSES: dict[str, Status | None] = {status: status for status in get_args(Status)}
_STATUSES |= {"": None, "declared": None, "waiting": None}

_Key = tuple[str, str, str, date, int]


def read_results(
    file: Path,
    councils: Councils,
    findings: Findings,
    register: PartyRegister,
    *,
    nominations_only: bool,
) -> tuple[Ballot, ...]:
    """Returns the ballots of `results.csv` in the order of their first rows.

    Also reads the results export of candidates.democracyclub.org.uk, which is recognised by its
    header. With `nominations_only` the columns of results are ignored. Faulty rows are added to
    `findings` and left out.
    """
    columns, rows = read_table(file, findings, needs=_NEEDS)
    if is_democracy_club(columns):
        rows = from_democracy_club(rows, councils)
    ballots: dict[_Key, list[CandidateRow]] = {}
    owners: dict[str, ListedCouncil] = {}
    for same in _by_ballot_cells(rows):
        first = same[0][1]
        council = councils.find_for(first)
        key = _key(first, council) if council else None
        if council is None or key is None:
            continue
        owners[council.council] = council
        found = (
            _candidate_row(
                row, position, _party(row, register, council), nominations_only=nominations_only
            )
            for position, row in same
        )
        ballots.setdefault(key, []).extend(each for each in found if each is not None)
    built = (
        _ballot(key, owners[key[0]], tuple(found), nominations_only=nominations_only)
        for key, found in ballots.items()
        if found
    )
    return tuple(ballot for ballot in built if ballot is not None)


def _by_ballot_cells(rows: tuple[Row, ...]) -> Iterable[list[tuple[int, Row]]]:
    """Returns the rows, each with its position, grouped by the cells that name their ballot."""
    found: dict[tuple[str, ...], list[tuple[int, Row]]] = {}
    for position, row in enumerate(rows):
        found.setdefault(tuple(map(row.text, _BALLOT_COLUMNS)), []).append((position, row))
    return found.values()


def _key(row: Row, council: ListedCouncil) -> _Key | None:
    ward, ward_gss = row.text("ward"), row.text("ward_gss")
    poll = row.day("election_date") or council.poll
    revision = row.integer("revision", most=REVISION_MAX)
    if poll < council.poll:
        row.fault("election_date", f"is before the poll of {council.name} on {council.poll}")
        return None
    return (council.council, ward_gss, ward, poll, revision or 1)


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
    return CandidateRow(row, position, candidate, party.party, party.party_id, votes, elected, tied)


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
    identifier = _plain_id(row, council, poll)
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
        turnout_percentage=_turnout(row),
        num_turnout_reported=row.integer_or_warn("ballots_cast", most=VOTES_MAX),
        num_spoilt_ballots=row.integer_or_warn("spoilt", most=VOTES_MAX),
    )
    return check_ballot(ballot, nominations_only=nominations_only)


def _first_time(rows: tuple[CandidateRow, ...]) -> datetime | None:
    timed = (each.row for each in rows if each.row.text("declared_at"))
    return next((row.time("declared_at") for row in timed), None)


def _plain_id(row: Row, council: ListedCouncil, poll: date) -> str:
    """Returns the id that the file gives, or one of the ward's name; blank after a fault."""
    given = row.text("ballot_paper_id")
    try:
        if not given:
            return ballot_paper_id(council.name, row.text("ward") or row.text("ward_gss"), poll)
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


def _turnout(row: Row) -> float | None:
    cell = row.text("turnout_pct").removesuffix("%").strip()
    if not cell:
        return None
    try:
        turnout = float(cell)
    except ValueError:
        turnout = -1.0
    if not 0 <= turnout <= TURNOUT_PERCENTAGE_MAX:
        row.warn("turnout_pct", "is no percentage, and is left out")
        return None
    return turnout
