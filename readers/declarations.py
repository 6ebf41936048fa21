"""The declarations in `results.csv`, in order of arrival."""

from __future__ import annotations

from datetime import date
from functools import partial

from readers.ballot import Ballot, BallotIds
from readers.findings import Findings
from schemas.base import Mode
from schemas.ward import WardDeclared, WardStatus


def statuses(
    ballots: tuple[Ballot, ...], identifiers: BallotIds, *, mode: Mode
) -> tuple[WardStatus, ...]:
    """Returns the statuses that the file states, in its order. They come before any result."""
    found = {
        identifiers[ballot.key, ballot.poll]: ballot
        for ballot in sorted(ballots, key=lambda ballot: ballot.revision)
    }
    return tuple(
        WardStatus(
            council=ballot.council.council,
            ballot_paper_id=identifier,
            mode=mode,
            revision=1,
            status=ballot.status,
            source=ballot.source,
        )
        for identifier, ballot in found.items()
        if ballot.status
    )


def declarations(
    ballots: tuple[Ballot, ...], identifiers: BallotIds, findings: Findings, *, mode: Mode
) -> tuple[tuple[WardDeclared, ...], tuple[WardDeclared, ...]]:
    """Returns the results of the night, and those of polls held later.

    Results come in order of `declared_at`, then those without it in the order of the file;
    later polls in order of their day first. A ballot without a result gives no declaration.
    """
    on_the_night: list[WardDeclared] = []
    later: list[WardDeclared] = []
    for ballot in sorted((each for each in ballots if each.declared), key=_arrival):
        identifier = identifiers[ballot.key, ballot.poll]
        result = findings.build(
            partial(ballot.result, identifier, mode),
            ballot.first_row.file,
            ballot.first_row.line,
            of_ward=True,
        )
        if result is not None:
            (later if ballot.later else on_the_night).append(result)
    return tuple(on_the_night), tuple(later)


def _arrival(ballot: Ballot) -> tuple[bool, date, bool, float]:
    time = ballot.declared_at
    day = ballot.poll if ballot.later else date.min
    return (ballot.later, day, time is None, time.timestamp() if time else 0.0)
