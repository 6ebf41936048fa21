"""Archive: the facts of a ballot as arrays without names, and back.

A council's state has hundreds of candidates, so what is said once is said once: the parties of a
ballot stand in a table, and a candidate names its place in it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from schemas.base import Mode
from schemas.council import Nominee
from schemas.ward import Candidate, WardDeclared, WardStatus

_LOT = 4
_FLAGS = {None: 0, False: 1, True: 2}
_FLAG_OF = {code: flag for flag, code in _FLAGS.items()}


def compact(facts: Any) -> str:
    """Returns facts as JSON without a byte too many."""
    return json.dumps(facts, separators=(",", ":"), ensure_ascii=False)


def moment(at: datetime | None) -> str | None:
    """Returns a moment as text."""
    return None if at is None else at.isoformat()


def read_moment(at: str | None) -> datetime | None:
    """Returns the moment that `moment` wrote."""
    return None if at is None else datetime.fromisoformat(at)


def nominees(people: tuple[Nominee, ...]) -> list[Any]:
    """Returns nominees as arrays."""
    parties: dict[tuple[str, str], int] = {}
    rows = [
        [
            each.candidate,
            parties.setdefault((each.party_id, each.party), len(parties)),
            each.office,
        ]
        for each in people
    ]
    return [list(parties), rows]


def read_nominees(held: list[Any]) -> tuple[Nominee, ...]:
    """Returns the nominees that `nominees` wrote. They were valid once, so are not checked."""
    parties, rows = held
    return tuple(
        Nominee.model_construct(
            candidate=name, party=parties[place][1], party_id=parties[place][0], office=office
        )
        for name, place, office in rows
    )


def declaration(event: WardDeclared | None) -> list[Any] | None:
    """Returns a declaration as arrays."""
    if event is None:
        return None
    parties: dict[tuple[str, str], int] = {}
    rows = [
        [
            each.candidate,
            parties.setdefault((each.party_id, each.party), len(parties)),
            each.votes,
            _FLAGS[each.elected] + _LOT * each.tied_vote_winner,
        ]
        for each in event.candidates
    ]
    return [
        event.revision,
        event.correction,
        event.source,
        event.seq,
        moment(event.declared_at),
        event.seats_contested,
        event.num_spoilt_ballots,
        event.num_turnout_reported,
        event.turnout_percentage,
        event.total_electorate,
        list(parties),
        rows,
    ]


def read_declaration(
    held: list[Any] | None, council: str, mode: Mode, ballot: str
) -> WardDeclared | None:
    """Returns the declaration that `declaration` wrote; it was valid once, so is not checked."""
    if held is None:
        return None
    (revision, correction, source, seq, at, seats, spoilt, turnout, percentage, electorate) = held[
        :10
    ]
    parties, rows = held[10:]
    return WardDeclared.model_construct(
        council=council,
        ballot_paper_id=ballot,
        mode=mode,
        revision=revision,
        correction=correction,
        source=source,
        seq=seq,
        declared_at=read_moment(at),
        seats_contested=seats,
        candidates=tuple(
            Candidate.model_construct(
                candidate=name,
                party=parties[place][1],
                party_id=parties[place][0],
                votes=votes,
                elected=_FLAG_OF[code % _LOT],
                tied_vote_winner=code >= _LOT,
            )
            for name, place, votes, code in rows
        ),
        num_spoilt_ballots=spoilt,
        num_turnout_reported=turnout,
        turnout_percentage=percentage,
        total_electorate=electorate,
    )


def notice(event: WardStatus | None) -> list[Any] | None:
    """Returns a notice as an array."""
    if event is None:
        return None
    at = moment(event.noticed_at)
    return [event.revision, event.status, event.recount, event.source, event.seq, at]


def read_notice(held: list[Any] | None, council: str, mode: Mode, ballot: str) -> WardStatus | None:
    """Returns the notice that `notice` wrote; it was valid once, so is not checked."""
    if held is None:
        return None
    revision, status, recount, source, seq, at = held
    return WardStatus.model_construct(
        council=council,
        ballot_paper_id=ballot,
        mode=mode,
        revision=revision,
        status=status,
        recount=recount,
        source=source,
        seq=seq,
        noticed_at=read_moment(at),
    )
