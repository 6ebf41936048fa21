"""Limits: what a council refuses because no real one is like that."""

from __future__ import annotations

from collections.abc import Mapping

from election.conflict import ConflictError
from election.council import Council
from election.declaration import Declaration
from election.rules.tally import Tally
from election.text.phrases import counted
from election.ward import Ward
from schemas.base import PARTIES_MAX, WARDS_MAX
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared

REVISIONS_AHEAD_MAX = 100
"""How far a revision may be above the last one known. The highest revision counts, so a mistyped or
malicious one would shut out every later correction; a real result has a handful."""

CANDIDATES_IN_ALL_MAX = 3_000
"""Candidates of one council. Birmingham, the largest, had some 430 in 2018; the limit bounds what
is stored and published of a council with every event."""

_CANDIDATES_UNCHECKED = 20
"""A ballot with no more candidates than this is not added up against CANDIDATES_IN_ALL_MAX."""


def refuse_jump(revision: int, known: int) -> None:
    """Raises ConflictError for a revision too far above the last one known."""
    if revision > known + REVISIONS_AHEAD_MAX:
        raise ConflictError(
            f"revision: {revision} is more than {REVISIONS_AHEAD_MAX} above {known}, the last one"
            " known; number revisions one by one"
        )


def refuse_crowd(council: Council, ballot: str, candidates: int) -> None:
    """Raises ConflictError if an event of a ballot makes a council larger than any real one."""
    if ballot not in council.wards and len(council.wards) >= WARDS_MAX:
        raise ConflictError(
            f"ballot_paper_id: {ballot} would be one more than the {WARDS_MAX} ballots that a"
            " council may have; correct the id"
        )
    if candidates > _CANDIDATES_UNCHECKED:
        others = (ward for name, ward in council.wards.items() if name != ballot)
        _refuse_candidates(candidates + sum(map(_candidates, others)))


def refuse_crowded(wards: Mapping[str, Ward]) -> None:
    """Raises ConflictError if an opening makes a council larger than any real one."""
    if len(wards) > WARDS_MAX:
        raise ConflictError(
            f"wards: {len(wards)} with those declared already, more than the {WARDS_MAX} that a"
            " council may have; correct their ids"
        )
    _refuse_candidates(sum(map(_candidates, wards.values())))


def refuse_parties(tally: Tally) -> None:
    """Raises ConflictError for more parties than any real council has."""
    if len(tally.parties) > PARTIES_MAX:
        raise ConflictError(
            f"party: {len(tally.parties)} parties in the council, more than the {PARTIES_MAX} that"
            " a council may have; give each party one id or one label"
        )


def refuse_too_many_seats(council: Council, ward: Ward, said: Declaration) -> None:
    """Raises ConflictError if a result has more seats than its council has room for."""
    if council.tally is None or council.opening is None or not ward.counts:
        return
    free = council.opening.opened.seats_total - council.tally.seats - council.tally.not_up
    more = said.seats_contested - ward.contribution.seats
    if more > free:
        raise ConflictError(no_room(ward.ballot_paper_id, said, more, free))


def no_room(ballot: str, said: Declaration, more: int, free: int) -> str:
    """Returns what is wrong with a result that has more seats than its council has to spare."""
    return (
        f"seats_contested: {said.seats_contested} in {ballot} are {more} more than were"
        f" counted, but the council has {counted(free, 'seat')} to spare;"
        " correct seats_contested, or open the council again"
    )


def too_many_seats(declared: CouncilDeclared, opened: CouncilOpened) -> str | None:
    """Returns what is wrong if a result as a whole has more seats than its council."""
    seats = sum(party.seats for party in declared.seats)
    if seats <= opened.seats_total:
        return None
    return (
        f"seats: {seats} in all, but {declared.council} has {opened.seats_total};"
        " correct seats, or open the council again"
    )


def _refuse_candidates(number: int) -> None:
    if number > CANDIDATES_IN_ALL_MAX:
        raise ConflictError(
            f"candidates: {number} in the council, more than the {CANDIDATES_IN_ALL_MAX} that a"
            " council may have; leave out whoever does not stand"
        )


def _candidates(ward: Ward) -> int:
    declared = len(ward.declared.candidates) if ward.declared else 0
    return max(declared, len(ward.contest.nominees) if ward.contest else 0)
