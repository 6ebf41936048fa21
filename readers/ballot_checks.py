"""Checks of a ballot: what cannot be right is a fault, what is odd but possible a warning."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from readers.ballot import Ballot, CandidateRow
from readers.no_result_yet import no_result_yet
from readers.turnout import turnout_at_most

WARD_SEATS_MAX = 100
"""The most seats of a ward: what the schemas allow, and far more than any UK ward elects."""

_Name = tuple[str, str, str]
"""Candidate, party and party id."""


def seats_contested(rows: tuple[CandidateRow, ...]) -> int | None:
    """Returns the seats of a ballot, or None after adding a fault.

    Every row has to give the same number. If the column is blank or 0, the number of
    candidates elected is used instead, with a warning.
    """
    row = rows[0].row
    given = {candidate.row.text("seats_contested"): candidate.row for candidate in rows}
    found = {
        seats
        for each in given.values()
        if (seats := each.integer("seats_contested", most=WARD_SEATS_MAX))
    }
    if len(found) > 1:
        other = given[[*given][1]]
        other.fault("seats_contested", f"differs from line {row.line} of the same ballot")
        return None
    if found:
        return found.pop()
    elected = sum(candidate.elected is True for candidate in rows)
    if not elected:
        row.fault("seats_contested", "does not say how many seats; give a number from 1")
        return None
    row.warn("seats_contested", f"does not say how many seats; taken as the {elected} elected")
    return elected


def check_ballot(ballot: Ballot, *, nominations_only: bool) -> Ballot | None:
    """Returns a ballot without repeated rows, or None if something in it cannot be right.

    Adds faults and warnings to the findings. With `nominations_only` votes and elected flags
    are not checked.
    """
    faults_before = ballot.first_row.findings.fault_count
    rows = _without_repeats(ballot)
    if len(rows) < len(ballot.rows):
        ballot = replace(ballot, rows=rows)
    _check_nominations(ballot)
    if not nominations_only:
        missing = no_result_yet(rows, ballot.seats_contested, ballot.status)
        if missing:
            ballot = replace(ballot, complete=False)
            ballot.first_row.warn_without_value(missing.column, missing.what)
        _check_flags(ballot)
        _check_votes(ballot)
    return ballot if ballot.first_row.findings.fault_count == faults_before else None


def _without_repeats(ballot: Ballot) -> tuple[CandidateRow, ...]:
    """Returns the rows without further copies of the same ballot.

    A ballot is given twice if every candidate is, or if a second run of adjacent rows shares
    at least half of its candidates with the first. A single namesake is not a second copy.
    """
    copies = _copies(ballot.rows)
    if len(copies) < 2:  # noqa: PLR2004 - one copy is the ballot itself
        return ballot.rows
    first = Counter(map(_contents, copies[0]))
    for copy in copies[1:]:
        what = f"is given twice, first on line {copies[0][0].row.line}"
        if Counter(map(_contents, copy)) == first:
            copy[0].row.warn("ward", f"{what}, with the same contents; counted once")
        else:
            copy[0].row.fault("ward", f"{what}, with other contents; keep one, or give a revision")
    return copies[0]


def _copies(rows: tuple[CandidateRow, ...]) -> list[tuple[CandidateRow, ...]]:
    names = [_name(candidate) for candidate in rows]
    counts = Counter(names)
    least, most = min(counts.values()), max(counts.values())
    # A single name given twice is two namesakes; rows without names cannot be told apart.
    if len(counts) == 1 or most == 1 or not all(candidate.candidate for candidate in rows):
        return [rows]
    if least == most:
        seen: Counter[_Name] = Counter()
        by_copy: list[list[CandidateRow]] = [[] for _ in range(most)]
        for row, name in zip(rows, names, strict=True):
            by_copy[seen[name]].append(row)
            seen[name] += 1
        return [tuple(copy) for copy in by_copy]
    breaks = [
        i + 1 for i, (one, two) in enumerate(pairwise(rows)) if two.position != one.position + 1
    ]
    runs = [rows[start:end] for start, end in pairwise([0, *breaks, len(rows)])]
    shared = {_name(candidate) for candidate in runs[0]}
    for run in runs[1:]:
        again = sum(_name(candidate) in shared for candidate in run)
        if len(run) < 2 or again * 2 < len(run):  # noqa: PLR2004 - one row is a namesake
            return [rows]
    return runs


def _name(candidate: CandidateRow) -> _Name:
    return (candidate.candidate.casefold(), candidate.party, candidate.party_id)


def _contents(candidate: CandidateRow) -> tuple[_Name, int | None, bool | None, bool]:
    return (_name(candidate), candidate.votes, candidate.elected, candidate.tied_vote_winner)


def _check_nominations(ballot: Ballot) -> None:
    seen: dict[str, CandidateRow] = {}
    for candidate in ballot.rows:
        name = candidate.candidate.casefold()
        if name and name in seen:
            candidate.row.warn("candidate", f"is also on line {seen[name].row.line} of this ward")
        seen.setdefault(name, candidate)
    if len(ballot.rows) > 1 and any(candidate.unknown for candidate in ballot.rows):
        ballot.first_row.warn_without_value(
            "candidate", "blank on some rows; nominations are taken as unknown"
        )
    if ballot.status == "uncontested" and len(ballot.rows) > ballot.seats_contested:
        what = f"with {len(ballot.rows)} candidates for {ballot.seats_contested} seats"
        ballot.first_row.fault("status", f"{what} cannot be; correct one of the three")


def _check_flags(ballot: Ballot) -> None:
    elected = [candidate for candidate in ballot.rows if candidate.elected]
    others = [candidate for candidate in ballot.rows if not candidate.elected]
    seats = ballot.seats_contested
    if len(elected) > seats:
        what = f"makes {len(elected)} elected for {seats} seats; correct elected or seats_contested"
        elected[seats].row.fault("elected", what)
    elif elected and len(elected) < min(seats, len(ballot.rows)):
        what = f"{len(elected)} of {seats} seats so far; the others are open"
        ballot.first_row.warn_without_value("elected", what)
    if not ballot.council.by_transfers:
        _check_order(elected, others, seats - len(elected))


def _check_order(elected: list[CandidateRow], others: list[CandidateRow], still_open: int) -> None:
    """Adds a fault if somebody is elected over others with more votes.

    As many of these as there are seats `still_open` may be elected yet.
    """
    fewest = min(
        (candidate for candidate in elected if candidate.votes is not None),
        key=lambda candidate: candidate.votes or 0,
        default=None,
    )
    if fewest is None or fewest.votes is None:
        return
    over = [each for each in others if each.votes is not None and each.votes > fewest.votes]
    if len(over) <= still_open:
        return
    for candidate in over:
        what = (
            f"contradicts the votes: {candidate.candidate} has {candidate.votes},"
            f" {fewest.candidate} is elected with {fewest.votes}; correct one of them"
        )
        candidate.row.fault("elected", what)


def _check_votes(ballot: Ballot) -> None:
    row = ballot.first_row
    if ballot.turnout_percentage is not None and ballot.turnout_percentage > 100:  # noqa: PLR2004
        row.warn("turnout_pct", "is more than the whole electorate")
    votes = [candidate.votes for candidate in ballot.rows]
    stated = [vote for vote in votes if vote is not None]
    if (
        stated
        and len(stated) < len(votes)
        and ballot.complete
        and not any(candidate.elected for candidate in ballot.rows)
    ):
        row.warn_without_value(
            "votes", "stated for some candidates alone, and nobody is marked elected"
        )
    if (
        ballot.complete
        and len(stated) == len(votes)
        and not any(candidate.elected for candidate in ballot.rows)
    ):
        _check_tie(ballot, sorted(stated, reverse=True))
    if ballot.complete:
        _check_total(ballot, sum(stated))


def _check_total(ballot: Ballot, votes: int) -> None:
    most = _ballots_at_most(ballot)
    choices = 1 if ballot.council.by_transfers else ballot.seats_contested
    if most is not None and votes > most * choices:
        what = f"{votes} in all, more than {choices} on each of at most {most} ballots"
        ballot.first_row.warn_without_value("votes", what)


def _check_tie(ballot: Ballot, votes: list[int]) -> None:
    seats = ballot.seats_contested
    if ballot.council.by_transfers or len(votes) <= seats or votes[seats - 1] != votes[seats]:
        return
    tied = [candidate for candidate in ballot.rows if candidate.votes == votes[seats]]
    if len({(candidate.party_id or candidate.party) for candidate in tied}) > 1 and not any(
        candidate.tied_vote_winner for candidate in tied
    ):
        tied[0].row.warn("votes", "ties across the last seat; undeclared until elected is given")


def _ballots_at_most(ballot: Ballot) -> int | None:
    """Returns the most ballot papers there can have been, or None if nothing limits them."""
    if ballot.num_turnout_reported is not None:
        return ballot.num_turnout_reported
    if not ballot.total_electorate:
        return None
    if ballot.turnout_percentage is None:
        return ballot.total_electorate
    # The turnout is rounded, so it may be half a unit of its last decimal too low.
    turnout = turnout_at_most(ballot.first_row, ballot.turnout_percentage)
    return int(ballot.total_electorate * turnout / 100) + 1
