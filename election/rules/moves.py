"""Moves: from which candidates to which the voters would have had to go who change a seat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from election.rules.majority import party_of
from election.rules.result import Result
from schemas.ward import Candidate


class Moves(NamedTuple):
    """The fewest voters who cost a party seats in a ward, and between whom they would move.

    The voters leave the `losers`, who are of that party, for the `gainers`, who are not. It can
    be done with these candidates alone.
    """

    voters: int
    losers: tuple[Candidate, ...]
    gainers: tuple[Candidate, ...]


def moves(
    candidates: Sequence[Candidate], found: Result, party: str, lost: int, voters: int
) -> Moves:
    """Returns between whom `voters` would have moved who cost a party `lost` seats in a ward.

    `found` is the ward's result, whose votes are all stated, and `voters` the fewest who do it
    (see `election.rules.votes_to_flip`). With as many others as take the seats lifted as high as
    these voters can lift them, all but the candidates who keep a seat must end below.
    """
    own: list[Candidate] = []
    others: list[Candidate] = []
    for each in candidates:
        (own if party_of(each) == party else others).append(each)
    held, seats = found.seats_won[party], sum(found.seats_won.values())
    if len(own) == seats == 1:
        # One against one, as in most wards of one seat.
        return Moves(voters, (own[0],), (max(others, key=_votes),))
    own.sort(key=_votes, reverse=True)
    others.sort(key=_votes, reverse=True)
    rising, falling = others[: seats - held + lost], own[held - lost :]
    level = _lifted([*map(_votes, rising)], voters)
    # Where only one side has to move, the other is whoever stands next to it.
    losers = [each for each in falling if _votes(each) >= level] or falling[:1]
    gainers = [each for each in rising if _votes(each) < level] or rising[-1:]
    spare = sum(map(_votes, losers)) - voters
    for each in own:
        if spare >= 0:
            break
        if not any(each is loser for loser in losers):
            losers.append(each)
            spare += _votes(each)
    return Moves(voters, tuple(losers), tuple(gainers))


def _lifted(votes: Sequence[int], more: int) -> int:
    """Returns the level that candidates reach together with so many more votes; most first."""
    level, below = votes[-1], 1
    for above in votes[-2::-1]:
        needed = (above - level) * below
        if needed > more:
            break
        more -= needed
        level, below = above, below + 1
    return level + more // below


def _votes(candidate: Candidate) -> int:
    return candidate.votes or 0
