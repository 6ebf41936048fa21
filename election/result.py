"""Result of a ward: who is elected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from election.majority import counted_under
from schemas.council import ElectoralSystem
from schemas.ward import Candidate, WardDeclared


class Result(NamedTuple):
    """Who is elected, in the order of the candidates, and the seats each party has won.

    `elected` is None for a candidate in a tie that only candidates of one party can win: the
    party's seats are sure, the person is not.
    """

    elected: tuple[bool | None, ...]
    seats_won: dict[str, int]


def result(declared: WardDeclared, system: ElectoralSystem) -> Result | None:
    """Returns who is elected in a ward, or None where what was declared does not say.

    Flags decide where any candidate is flagged elected; they leave the other seats vacant.
    Otherwise the most votes decide, except under STV, where first preferences do not say who is
    elected. A tie across the last seat is no result without a lot (`tied_vote_winner`), unless
    all the tied are of one party.
    """
    candidates = declared.candidates
    flags: tuple[bool | None, ...] | None
    if any(candidate.elected for candidate in candidates):
        flags = tuple(candidate.elected is True for candidate in candidates)
        won = [candidate for candidate in candidates if candidate.elected]
        return Result(flags, _by_party(won))
    if system == "stv":
        return None
    return _by_votes(candidates, declared.seats_contested)


def is_tied(declared: WardDeclared, system: ElectoralSystem) -> bool:
    """Tells whether a ward has no result because a tie across its last seat awaits a lot."""
    if system == "stv" or result(declared, system) is not None:
        return False
    return all(candidate.votes is not None for candidate in declared.candidates)


def _by_votes(candidates: Sequence[Candidate], seats: int) -> Result | None:
    votes = [candidate.votes for candidate in candidates]
    if len(candidates) <= seats:
        if all(count is None for count in votes):
            return None
        return Result((True,) * len(candidates), _by_party(candidates))
    stated = [count for count in votes if count is not None]
    if len(stated) < len(votes):
        return None
    last = sorted(stated, reverse=True)[seats - 1]
    above = [candidate for candidate in candidates if (candidate.votes or 0) > last]
    tied = [candidate for candidate in candidates if candidate.votes == last]
    free = seats - len(above)
    if len(tied) > free:
        by_lot = [candidate for candidate in tied if candidate.tied_vote_winner]
        if len(by_lot) == free:
            tied = by_lot
        elif len(_by_party(tied)) == 1:
            flags = tuple(_with_tie(count, last) for count in stated)
            return Result(flags, _by_party([*above, *tied[:free]]))
        else:
            return None
    winners = [*above, *tied]
    chosen = {id(candidate) for candidate in winners}
    return Result(tuple(id(each) in chosen for each in candidates), _by_party(winners))


def _with_tie(votes: int, last: int) -> bool | None:
    return None if votes == last else votes > last


def _by_party(winners: Sequence[Candidate]) -> dict[str, int]:
    seats: dict[str, int] = {}
    for winner in winners:
        key = counted_under(winner.party_id, winner.party)
        seats[key] = seats.get(key, 0) + 1
    return seats
