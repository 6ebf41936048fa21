"""The declarations that `results.csv` holds, in order of arrival."""

from __future__ import annotations

from datetime import date
from functools import partial

from schemas.base import Mode
from schemas.ward import WardDeclared, WardStatus
from services.intake.ballot import Ballot, BallotIds
from services.intake.faults import Findings


def declarations(
    ballots: tuple[Ballot, ...], identifiers: BallotIds, findings: Findings, *, mode: Mode
) -> tuple[tuple[WardStatus | WardDeclared, ...], tuple[WardDeclared, ...]]:
    """Returns what came on the night, and what polls held later brought.

    First the statuses, which were known before the count; then results in order of
    `declared_at`, those without one afterwards in the order of the file. Later polls come in
    order of their day. A ballot without a result is not declared.
    """
    statuses = [
        WardStatus(
            council=ballot.council.council,
            ballot_paper_id=identifiers[ballot.key, ballot.poll],
            mode=mode,
            revision=1,
            status=ballot.status,
            source=ballot.source,
        )
        for ballot in ballots
        if ballot.status
    ]
    on_the_night: list[WardStatus | WardDeclared] = [*statuses]
    later: list[WardDeclared] = []
    for ballot in sorted((each for each in ballots if each.declared), key=_arrival):
        identifier = identifiers[ballot.key, ballot.poll]
        result = findings.made(
            partial(ballot.result, identifier, mode), ballot.row.file, ballot.row.line
        )
        if result is not None:
            (later if ballot.later else on_the_night).append(result)
    return tuple(on_the_night), tuple(later)


def _arrival(ballot: Ballot) -> tuple[bool, date, bool, float]:
    moment = ballot.declared_at
    day = ballot.poll if ballot.later else date.min
    return (ballot.later, day, moment is None, moment.timestamp() if moment else 0.0)
