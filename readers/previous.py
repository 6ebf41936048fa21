"""`previous.csv`: how the seats that are up were last fought, one row for each ward and party."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from readers.council_parties import CouncilParties
from readers.councils import SEATS_MAX, Councils
from readers.csv_table import Row, read_table
from readers.findings import Findings
from readers.party_cell import read_party
from readers.party_register import Party, PartyRegister
from readers.results import VOTES_MAX
from readers.turnout import read_turnout
from readers.ward_names import WardName, WardNames
from schemas.council import CouncilOpened, OpenedWard
from schemas.party import party_key, wire_name
from schemas.previous import Previous, PreviousParty, PreviousPoll
from schemas.spelling import compared

NAME: Final = "previous.csv"
"""What the file is called where it lies beside the other files of a night."""

TURNOUT_MAX: Final = 100.0
"""No turnout of an earlier poll is higher: it was published long ago, and above that is a slip."""

_BOUNDARIES: Final = {"same": True, "unchanged": True, "changed": False, "redrawn": False}


@dataclass(frozen=True, slots=True)
class PreviousRow:
    """A row of `previous.csv`: what one party had in a ward at an earlier poll.

    `party` is None in a row that only says when a ward was last fought. Votes, seats and turnout
    are None if they are not known.
    """

    row: Row
    last_fought: date
    same_boundaries: bool
    party: Party | None
    votes: int | None
    seats: int | None
    turnout_percentage: float | None

    @property
    def ward(self) -> WardName:
        """The ward as the row names it."""
        return WardName(self.row.text("ward_gss"), self.row.text("ward"))


def previous_beside(councils: Path) -> Path | None:
    """Returns the `previous.csv` beside a night's `councils.csv`, or None if there is none."""
    file = councils.parent / NAME
    return file if file.is_file() else None


def read_previous(
    file: Path | None, councils: Councils, findings: Findings, register: PartyRegister
) -> dict[str, tuple[PreviousRow, ...]]:
    """Returns the rows by council id, in the order of the file; none without a file.

    Faulty rows are added to `findings` and left out.
    """
    if file is None:
        return {}
    needs = (("council_gss", "council"), ("ward_gss", "ward"), ("last_fought",), ("boundaries",))
    _, rows = read_table(file, findings, needs=needs)
    found: dict[str, list[PreviousRow]] = {}
    for row in rows:
        council = councils.find_for(row)
        previous = _previous_row(row, register, council.nation if council else "")
        if council is not None and previous is not None:
            found.setdefault(council.council, []).append(previous)
    return {council: tuple(of_one) for council, of_one in found.items()}


def with_previous(
    opened: CouncilOpened, rows: tuple[PreviousRow, ...], parties: CouncilParties
) -> CouncilOpened:
    """Returns an opening whose wards say how their seats were last fought, as the rows have it.

    `parties` gives a party as the council has it. Adds a fault for what cannot be right in a ward,
    which then says nothing; and a warning for wards that the council does not list, which need not
    be polled this time, and for a local party that won a seat and stands nowhere, as it may go by
    another label now.
    """
    if not rows:
        return opened
    listed = {
        WardName(each.ward_gss, each.ward, each.ballot_paper_id): each for each in opened.wards
    }
    wards = WardNames(listed, opened.council_gss[:1])
    of_ballot: dict[str, list[PreviousRow]] = {}
    for each in rows:
        ward = wards.find(each.ward)
        if ward is None:
            column = "ward" if each.ward.ward else "ward_gss"
            what = f"is no ward of {opened.name} in results.csv, and is left out"
            each.row.warn(column, what, once=f"no ward {opened.council}")
            continue
        of_ballot.setdefault(ward.ballot_paper_id, []).append(each)
    _warn_of_other_labels(opened, rows, parties)
    return opened.model_copy(
        update={
            "wards": tuple(
                _with_rows(ward, of_ballot[ward.ballot_paper_id], parties)
                if ward.ballot_paper_id in of_ballot
                else ward
                for ward in opened.wards
            )
        }
    )


def _previous_row(row: Row, register: PartyRegister, nation: str) -> PreviousRow | None:
    """Returns what a row says, or None after adding a fault."""
    before = row.findings.fault_count
    day = row.day("last_fought")
    if day is None and not row.text("last_fought"):
        row.fault("last_fought", "is blank; give the day of the earlier poll as YYYY-MM-DD")
    same = _BOUNDARIES.get(compared(row.text("boundaries")))
    if same is None:
        row.fault("boundaries", "is neither same nor changed; say which they are since that day")
    votes = row.integer("votes", most=VOTES_MAX)
    seats = row.integer("seats", most=SEATS_MAX)
    party = None
    if row.text("party") or row.text("party_id"):
        party = read_party(row, register, nation, holds=bool(votes or seats))
    elif votes is not None or seats is not None:
        row.fault("party", "and party_id are both blank beside votes or seats; say whose they are")
    if same is False and (row.text("party") or row.text("party_id")):
        what = "stands beside changed boundaries, across which nothing is compared; leave it blank"
        row.fault("party" if row.text("party") else "party_id", what)
    turnout = read_turnout(row)
    if turnout is not None and turnout > TURNOUT_MAX:
        row.fault("turnout_pct", "is more than all electors; correct it, or leave it blank")
    if day is None or same is None or row.findings.fault_count > before:
        return None
    return PreviousRow(row, day, same, party, votes, seats, turnout)


def _warn_of_other_labels(
    opened: CouncilOpened, rows: tuple[PreviousRow, ...], parties: CouncilParties
) -> None:
    people = [each for ward in opened.wards for each in ward.candidates or ()]
    stand = {party_key(each.party_id, each.party) for each in people if each.party_id or each.party}
    for each in rows:
        if each.party is None or not each.seats or not stand:
            continue
        party_id, party = parties.of(each.party)
        key = party_key(party_id, party)
        if key not in stand and party_id not in parties.register.national:
            what = "won a seat and stands nowhere; if it has another label, give it in parties.csv"
            once = f"gone {opened.council} {key}"
            each.row.warn("party" if each.row.text("party") else "party_id", what, once=once)


def _with_rows(ward: OpenedWard, rows: list[PreviousRow], parties: CouncilParties) -> OpenedWard:
    """Returns a ward with what its rows say; unchanged after adding a fault."""
    first = rows[0].row
    before = first.findings.fault_count
    poll = ward.ballot_paper_id.rpartition(".")[2]
    polls: dict[date, list[PreviousRow]] = {}
    for each in rows:
        if each.same_boundaries != rows[0].same_boundaries:
            what = f"differs from line {first.line} of the same ward; correct one of the two"
            each.row.fault("boundaries", what)
        if each.last_fought.isoformat() >= poll:
            each.row.fault("last_fought", f"is not before the poll of {poll}; correct it")
        polls.setdefault(each.last_fought, []).append(each)
    built = (_poll(of_day, parties) for _, of_day in sorted(polls.items()))
    earlier = tuple(poll for poll in built if poll is not None)
    won = sum(each.seats or 0 for each in rows)
    if won > ward.seats_contested:
        what = f"and those of the ward's other rows are {won}, but {ward.seats_contested} are up"
        rows[-1].row.fault("seats", f"{what}; count those alone that are up now")
    if first.findings.fault_count > before:
        return ward
    build = partial(Previous, same_boundaries=rows[0].same_boundaries, polls=earlier)
    previous = first.findings.build(build, first.file, first.line)
    return ward.model_copy(update={"previous": previous})


def _poll(rows: list[PreviousRow], parties: CouncilParties) -> PreviousPoll | None:
    """Returns what the rows of one ward and day say, or None after adding a fault."""
    first = rows[0].row
    lines: dict[tuple[str, str], int] = {}
    found: list[PreviousParty] = []
    turnout: float | None = None
    for each in rows:
        if each.turnout_percentage is not None:
            if turnout not in {None, each.turnout_percentage}:
                what = "differs from another row of the same ward and day; correct one of the two"
                each.row.fault("turnout_pct", what)
            turnout = each.turnout_percentage
        if each.party is None:
            continue
        party_id, party = parties.of(each.party)
        line = lines.setdefault((party_id, party_key(party_id, party)), each.row.line)
        if line != each.row.line:
            column = "party" if each.row.text("party") else "party_id"
            what = f"has another row for this ward and day on line {line}; add the two up"
            each.row.fault(column, what)
        # Of some parties every opening would have the same long names thousands of times.
        label = "" if wire_name(party_id, "") != party_id else party
        found.append(
            PreviousParty(party_id=party_id, party=label, votes=each.votes, seats=each.seats)
        )
    build = partial(
        PreviousPoll,
        last_fought=rows[0].last_fought,
        parties=tuple(found),
        turnout_percentage=turnout,
    )
    return first.findings.build(build, first.file, first.line)
