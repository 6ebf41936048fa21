"""Archive: the facts of a ballot as arrays without names, and back.

A council's state has hundreds of candidates, so what is said once is said once: the parties of a
ballot stand in a table, and a candidate names its place in it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from election.declaration import Declaration
from schemas.base import Mode
from schemas.council import Nominee
from schemas.ward import Candidate, WardStatus

_LOT = 4
_FLAGS = {None: 0, False: 1, True: 2}
_FLAG_OF = {code: flag for flag, code in _FLAGS.items()}


def moment(at: datetime | None) -> str | None:
    """Returns a moment as text."""
    return None if at is None else at.isoformat()


def read_moment(at: str | None) -> datetime | None:
    """Returns the moment that `moment` wrote."""
    return None if at is None else datetime.fromisoformat(at)


def nominees(people: tuple[Nominee, ...]) -> list[Any]:
    """Returns nominees as arrays, a column each."""
    parties: dict[tuple[str, str], int] = {}
    places = [parties.setdefault((each.party_id, each.party), len(parties)) for each in people]
    return [
        list(parties),
        places,
        [each.candidate for each in people],
        [each.office for each in people],
    ]


def read_nominees(held: list[Any]) -> tuple[Nominee, ...]:
    """Returns the nominees that `nominees` wrote."""
    parties, *columns = held
    return tuple(
        Nominee(candidate=name, party=parties[place][1], party_id=parties[place][0], office=office)
        for place, name, office in zip(*columns, strict=True)
    )


def declaration(declared: Declaration | None) -> list[Any] | None:
    """Returns a declaration as an array: the candidates a column each, as most are alike."""
    if declared is None:
        return None
    parties: dict[tuple[str, str], int] = {}
    people = declared.candidates
    places = [parties.setdefault((each.party_id, each.party), len(parties)) for each in people]
    return [
        declared.revision,
        declared.seats_contested,
        declared.correction,
        declared.source,
        declared.seq,
        moment(declared.declared_at),
        declared.num_spoilt_ballots,
        declared.num_turnout_reported,
        declared.turnout_percentage,
        declared.total_electorate,
        list(parties),
        places,
        [each.candidate for each in people],
        [each.votes for each in people],
        [_FLAGS[each.elected] + _LOT * each.tied_vote_winner for each in people],
    ]


def read_declaration(held: list[Any] | None) -> Declaration | None:
    """Returns the declaration that `declaration` wrote."""
    if held is None:
        return None
    revision, seats, correction, source, seq, at, *counted = held[:10]
    parties, *columns = held[10:]
    candidates = tuple(
        Candidate(
            candidate=name,
            party=parties[place][1],
            party_id=parties[place][0],
            votes=votes,
            elected=_FLAG_OF[code % _LOT],
            tied_vote_winner=code >= _LOT,
        )
        for place, name, votes, code in zip(*columns, strict=True)
    )
    return Declaration(
        revision, seats, candidates, correction, source, seq, read_moment(at), *counted
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
