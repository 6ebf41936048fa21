"""Result of a ward: who is elected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from election.rules.majority import party_of
from schemas.council import ElectoralSystem
from schemas.ward import Candidate


class Result(NamedTuple):
    """Who is elected, in the order of the candidates, and the seats each party has won.

    `elected` is None for a candidate in a tie that only candidates of one party can win: the
    party's seats are certain, but not who takes them. It is None too for whoever is not elected
    yet while seats are `still_open`: these are declared later, and are not vacant.
    """

    elected: tuple[bool | None, ...]
    seats_won: dict[str, int]
    still_open: int = 0


def result(candidates: Sequence[Candidate], seats: int, system: ElectoralSystem) -> Result | None:
    """Returns who is elected to a ward's seats, or None if the declaration does not say.

    If any candidate is flagged as elected, the flags decide. Otherwise the most votes decide,
    except under STV, where seats go by transfers and first preferences do not say who is
    elected. Without flags and votes there is no result; nor is there one if nobody has a vote,
    or if those with the most are flagged as not elected, as in a ward that is still being counted.
    """
    if any(candidate.elected for candidate in candidates):
        flags = tuple(candidate.elected is True for candidate in candidates)
        return Result(flags, by_party(each for each in candidates if each.elected))
    if system == "stv" or not any(candidate.votes for candidate in candidates):
        return None
    found = _by_votes(candidates, seats)
    if found is None or _are_not_elected(candidates, found.elected):
        return None
    return found


def is_tied(candidates: Sequence[Candidate], seats: int, system: ElectoralSystem) -> bool:
    """Returns whether a ward without a result has none because a tie awaits the lot."""
    if system == "stv" or len(candidates) <= seats:
        return False
    votes = [each.votes for each in candidates if each.votes is not None]
    if len(votes) < len(candidates) or not any(votes):
        return False
    votes.sort(reverse=True)
    level = [each for each in candidates if each.votes == votes[seats]]
    return votes[seats - 1] == votes[seats] and not all(each.elected is False for each in level)


def by_party(winners: Iterable[Candidate]) -> dict[str, int]:
    """Returns how many of the winners each party has."""
    seats: dict[str, int] = {}
    for winner in winners:
        key = party_of(winner)
        seats[key] = seats.get(key, 0) + 1
    return seats


def _by_votes(candidates: Sequence[Candidate], seats: int) -> Result | None:
    """Returns the result by most votes; None for a tie for the last seat that awaits the lot.

    All are elected if there are no more than seats; otherwise everybody's votes are needed. A tie
    is settled by lot, and its winners are marked (`tied_vote_winner`); the votes stay equal. If
    all the tied are of one party, its seats are certain without the lot.
    """
    if len(candidates) <= seats:
        return Result((True,) * len(candidates), by_party(candidates))
    votes = [candidate.votes for candidate in candidates if candidate.votes is not None]
    if len(votes) < len(candidates):
        return None
    last = sorted(votes, reverse=True)[seats - 1]
    flags: list[bool | None] = [count >= last for count in votes]
    tied = [place for place, count in enumerate(votes) if count == last]
    free = seats - sum(count > last for count in votes)
    surplus = len(tied) - free
    if surplus == 0:
        return _flagged(candidates, flags)
    by_lot = {place for place in tied if candidates[place].tied_vote_winner}
    if len(by_lot) == free:
        for place in tied:
            flags[place] = place in by_lot
        return _flagged(candidates, flags)
    parties = by_party(candidates[place] for place in tied)
    if len(parties) > 1:
        return None
    for place in tied:
        flags[place] = None
    won = by_party(each for each in candidates if (each.votes or 0) >= last)
    won[next(iter(parties))] -= surplus
    return Result(tuple(flags), won)


def _flagged(candidates: Sequence[Candidate], flags: Sequence[bool | None]) -> Result:
    winners = (each for place, each in enumerate(candidates) if flags[place])
    return Result(tuple(flags), by_party(winners))


def _are_not_elected(candidates: Sequence[Candidate], elected: Sequence[bool | None]) -> bool:
    """Returns whether anybody whom the votes elect is flagged as not elected, or all the tied."""
    if not any(each.elected is False for each in candidates):
        return False
    sure = [each for place, each in enumerate(candidates) if elected[place]]
    tied = [each for place, each in enumerate(candidates) if elected[place] is None]
    return any(each.elected is False for each in sure) or (
        bool(tied) and all(each.elected is False for each in tied)
    )
