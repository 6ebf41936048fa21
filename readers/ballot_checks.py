"""What cannot be right on a ballot, and what is odd but possible."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from readers.ballot import Ballot, Line

# The largest UK ward elects far fewer; the schemas allow no more.
WARD_SEATS_MAX = 100

_Name = tuple[str, str, str]


def seats_contested(lines: tuple[Line, ...]) -> int | None:
    """Returns the seats of a ballot, the same on every row, or None after a fault.

    Where the column is blank or 0 the number of the elected stands in, with a warning.
    """
    row = lines[0].row
    given = {line.row.text("seats_contested"): line.row for line in lines}
    found = {
        seats
        for each in given.values()
        if (seats := each.whole("seats_contested", most=WARD_SEATS_MAX))
    }
    if len(found) > 1:
        other = given[[*given][1]]
        other.fault("seats_contested", f"differs from line {row.line} of the same ballot")
        return None
    if found:
        return found.pop()
    elected = sum(line.elected is True for line in lines)
    if not elected:
        row.fault("seats_contested", "does not say how many seats; give a number from 1")
        return None
    row.warn("seats_contested", f"does not say how many seats; taken as the {elected} elected")
    return elected


def checked(ballot: Ballot, *, nominations_only: bool) -> Ballot | None:
    """Returns a ballot as it is counted, after adding what is wrong or odd to its findings.

    None where it cannot be right.
    """
    already = ballot.row.findings.fault_count
    lines = _without_repeats(ballot)
    if len(lines) < len(ballot.lines):
        ballot = replace(ballot, lines=lines)
    _check_nominations(ballot)
    if not nominations_only:
        _check_flags(ballot)
        _check_votes(ballot)
    return ballot if ballot.row.findings.fault_count == already else None


def _without_repeats(ballot: Ballot) -> tuple[Line, ...]:
    """Returns the lines without a second copy of the same ballot.

    A ballot is there twice when every candidate is, or when a second run of rows shares at
    least half of its candidates with the first. Namesakes alone are no second copy.
    """
    copies = _copies(ballot.lines)
    if len(copies) < 2:  # noqa: PLR2004 - one copy is the ballot itself
        return ballot.lines
    first = Counter(map(_contents, copies[0]))
    for copy in copies[1:]:
        what = f"is given twice, first on line {copies[0][0].row.line}"
        if Counter(map(_contents, copy)) == first:
            copy[0].row.warn("ward", f"{what}, with the same contents; counted once")
        else:
            copy[0].row.fault("ward", f"{what}, with other contents; keep one, or give a revision")
    return copies[0]


def _copies(lines: tuple[Line, ...]) -> list[tuple[Line, ...]]:
    names = [_name(line) for line in lines]
    counts = Counter(names)
    times, times_most = min(counts.values()), max(counts.values())
    # One name alone, twice, is two namesakes; rows without names cannot be told apart.
    if len(counts) == 1 or times_most == 1 or not all(line.candidate for line in lines):
        return [lines]
    if times == times_most:
        seen: Counter[_Name] = Counter()
        by_copy: list[list[Line]] = [[] for _ in range(times)]
        for line, name in zip(lines, names, strict=True):
            by_copy[seen[name]].append(line)
            seen[name] += 1
        return [tuple(copy) for copy in by_copy]
    breaks = [i + 1 for i, (one, two) in enumerate(pairwise(lines)) if two.place != one.place + 1]
    runs = [lines[start:end] for start, end in pairwise([0, *breaks, len(lines)])]
    shared = {_name(line) for line in runs[0]}
    for run in runs[1:]:
        again = sum(_name(line) in shared for line in run)
        if len(run) < 2 or again * 2 < len(run):  # noqa: PLR2004 - one row is a namesake
            return [lines]
    return runs


def _name(line: Line) -> _Name:
    return (line.candidate.casefold(), line.party, line.party_id)


def _contents(line: Line) -> tuple[_Name, int | None, bool | None, bool]:
    return (_name(line), line.votes, line.elected, line.tied_vote_winner)


def _check_nominations(ballot: Ballot) -> None:
    seen: dict[str, Line] = {}
    for line in ballot.lines:
        name = line.candidate.casefold()
        if name and name in seen:
            line.row.warn("candidate", f"is also on line {seen[name].row.line} of this ward")
        seen.setdefault(name, line)
    if len(ballot.lines) > 1 and any(line.unknown for line in ballot.lines):
        ballot.row.note("candidate", "blank on some rows; nominations are taken as unknown")
    if ballot.status == "uncontested" and len(ballot.lines) > ballot.seats_contested:
        what = f"with {len(ballot.lines)} candidates for {ballot.seats_contested} seats"
        ballot.row.fault("status", f"{what} cannot be; correct one of the three")


def _check_flags(ballot: Ballot) -> None:
    elected = [line for line in ballot.lines if line.elected]
    others = [line for line in ballot.lines if not line.elected]
    seats = ballot.seats_contested
    if len(elected) > seats:
        what = f"makes {len(elected)} elected for {seats} seats; correct elected or seats_contested"
        elected[seats].row.fault("elected", what)
    elif elected and len(elected) < min(seats, len(ballot.lines)):
        what = f"{len(elected)} for {seats} seats; the others stay vacant"
        ballot.row.note("elected", what)
    elif not elected and any(line.elected is False for line in ballot.lines):
        then = "the votes decide" if ballot.declared else "the ward is taken as undeclared"
        ballot.row.note("elected", f"0 for every candidate; {then}")
    if not ballot.council.by_transfers:
        _check_order(elected, others)


def _check_order(elected: list[Line], others: list[Line]) -> None:
    fewest = min(
        (line for line in elected if line.votes is not None),
        key=lambda line: line.votes or 0,
        default=None,
    )
    if fewest is None or fewest.votes is None:
        return
    for line in others:
        if line.votes is not None and line.votes > fewest.votes:
            what = (
                f"contradicts the votes: {line.candidate} has {line.votes},"
                f" {fewest.candidate} is elected with {fewest.votes}; correct one of them"
            )
            line.row.fault("elected", what)


def _check_votes(ballot: Ballot) -> None:
    row = ballot.row
    if ballot.turnout_percentage is not None and ballot.turnout_percentage > 100:  # noqa: PLR2004
        row.warn("turnout_pct", "is more than the whole electorate")
    votes = [line.votes for line in ballot.lines]
    stated = [vote for vote in votes if vote is not None]
    if stated and len(stated) < len(votes) and not any(line.elected for line in ballot.lines):
        row.note("votes", "stated for some candidates alone, and nobody is marked elected")
    if len(stated) == len(votes) and not any(line.elected for line in ballot.lines):
        _check_tie(ballot, sorted(stated, reverse=True))
    most = _ballots_at_most(ballot)
    choices = 1 if ballot.council.by_transfers else ballot.seats_contested
    if most is not None and sum(stated) > most * choices:
        what = f"{sum(stated)} in all, more than {choices} on each of at most {most} ballots"
        row.note("votes", what)


def _check_tie(ballot: Ballot, votes: list[int]) -> None:
    seats = ballot.seats_contested
    if ballot.council.by_transfers or len(votes) <= seats or votes[seats - 1] != votes[seats]:
        return
    tied = [line for line in ballot.lines if line.votes == votes[seats]]
    if len({(line.party_id or line.party) for line in tied}) > 1 and not any(
        line.tied_vote_winner for line in tied
    ):
        tied[0].row.warn("votes", "ties across the last seat; undeclared until elected is given")


def _ballots_at_most(ballot: Ballot) -> int | None:
    """Returns the most ballots there can have been, by the numbers given."""
    if ballot.num_turnout_reported is not None:
        return ballot.num_turnout_reported
    if not ballot.total_electorate:
        return None
    if ballot.turnout_percentage is None:
        return ballot.total_electorate
    decimals = len(ballot.row.text("turnout_pct").removesuffix("%").partition(".")[2])
    # The turnout is rounded: half of its last place may be missing.
    turnout = ballot.turnout_percentage + 0.5 / 10**decimals
    return int(ballot.total_electorate * turnout / 100) + 1
