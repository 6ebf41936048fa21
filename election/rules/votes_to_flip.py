"""Votes to flip: the fewest voters who would have changed a seat, or a council."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from election.rules.majority import party_of
from election.rules.result import Result
from schemas.council import ElectoralSystem
from schemas.ward import Candidate

VOTERS_MAX = 10_000_000
"""The most voters that the schemas allow. Only rubbish needs more, and then there is no number."""

_IMPOSSIBLE = float("inf")


def votes_to_flip(
    own: Sequence[int], others: Sequence[int], seats: int, held: int, lost: int
) -> int | None:
    """Returns the fewest voters who would leave a party `lost` of its `held` seats short.

    Each voter moves one vote from a candidate of the party (`own` votes, losers too) to a
    candidate of another (`others`). The party must lose the seats without a tie: with
    q = seats - held + lost and r = held - lost + 1, the q-th best of the others must end above
    the party's r-th best. So there must be a level that q others reach and that all but r - 1 of
    the party's own stay below. Moving all votes to one challenger is not always enough, as
    candidates ranked above that one must also end above the party's r-th best.
    None if there are fewer than q others, or if the party has too few votes.
    """
    overtakers = seats - held + lost
    if len(others) < overtakers:
        return None
    if overtakers == len(own) == held == 1:
        # One against one, as in most wards of one seat: half the margin and one more.
        fewest = max(0, (own[0] - max(others)) // 2 + 1)
        return fewest if fewest <= min(own[0], VOTERS_MAX) else None
    rising = sorted(others, reverse=True)[:overtakers]
    falling = sorted(own, reverse=True)[held - lost :]
    # The votes that others gain grow with the level and those that the party loses shrink, so
    # their maximum is least where they cross: above the last of the rising candidates, and at
    # most one above the party's best falling candidate.
    low, high = max(1, rising[-1]), falling[0] + 1
    # Usually every rising and falling candidate moves; then they cross at this level.
    level = -(-(sum(rising) + sum(falling) + len(falling)) // (len(rising) + len(falling)))
    while low < high:
        level = max(low, min(level, high - 1))
        gained, risers = _gained(rising, level)
        lost_votes, fallers = _lost(falling, level)
        if gained >= lost_votes:
            high = level
        else:
            low = level + 1
        # Where they would cross if only these candidates moved.
        level += -((gained - lost_votes) // (risers + fallers or 1))
    fewest, _ = _gained(rising, low)
    if low > 1:
        fewest = min(fewest, _lost(falling, low - 1)[0])
    return fewest if fewest <= min(sum(own), VOTERS_MAX) else None


def _gained(rising: Sequence[int], level: int) -> tuple[int, int]:
    """Returns the votes that lift every rising candidate to a level, and how many gain any."""
    below = [votes for votes in rising if votes < level]
    return level * len(below) - sum(below), len(below)


def _lost(falling: Sequence[int], level: int) -> tuple[int, int]:
    """Returns the votes that the falling must lose to be below a level, and how many lose any."""
    above = [votes for votes in falling if votes >= level]
    return sum(above) - (level - 1) * len(above), len(above)


def seat_costs(
    candidates: Sequence[Candidate],
    found: Result | None,
    system: ElectoralSystem,
    party: str,
    most: int,
) -> tuple[int | None, ...]:
    """Returns the votes to flip 1, 2, … and at most `most` of the seats a party has won in a ward.

    None for a number of seats that cannot be lost. Empty if votes to flip are not computed: if
    the party won nothing, under STV, without a result or while seats are still open, and if any
    votes are not stated.
    """
    if system == "stv" or found is None or found.still_open or party not in found.seats_won:
        return ()
    own: list[int] = []
    others: list[int] = []
    for each in candidates:
        if each.votes is None:
            return ()
        mine = party_of(each) == party
        (own if mine else others).append(each.votes)
    seats, held = sum(found.seats_won.values()), found.seats_won[party]
    few = range(1, min(most, held) + 1)
    return tuple(votes_to_flip(own, others, seats, held, lost) for lost in few)


class Choice(NamedTuple):
    """The fewest voters who cost a party seats over wards, and where they vote.

    `wards` has a ward's place for each seat that is lost in it.
    """

    voters: float
    wards: tuple[int, ...] = ()


def cheapest_choice(wards: Iterable[Sequence[int | None]], lost: int) -> Choice | None:
    """Returns the cheapest way to lose `lost` seats over wards; None if they cannot be lost.

    A ward's costs are those of losing 1, 2, … seats there, None if impossible; at most one of
    them is paid. Those of more than `lost` seats may be left out: they are no less. In nearly all
    wards no seat costs less than the one before it: their seats are taken singly, the cheapest
    over all such wards first. The other wards are tried in every way. Of equally cheap ways it is
    that through the first wards.
    """
    singly: list[tuple[int, int]] = []
    rest = []
    for place, costs in enumerate(wards):
        each = _seat_by_seat(costs)
        if each is None:
            rest.append((place, costs))
        else:
            singly += [(cost, place) for cost in each]
    singly.sort()
    if not rest:
        cheapest = singly[:lost]
        paid = sum([cost for cost, _ in cheapest])
        found = Choice(paid, tuple([place for _, place in cheapest]))
        return found if len(cheapest) == lost and paid <= VOTERS_MAX else None
    found = _with_rest(singly, rest, lost)
    return found if found.voters <= VOTERS_MAX else None


def _with_rest(
    singly: Sequence[tuple[int, int]], rest: Sequence[tuple[int, Sequence[int | None]]], lost: int
) -> Choice:
    """Returns the cheapest way if the wards of `rest` are to be tried in every way."""
    sums = accumulate((cost for cost, _ in singly), initial=0)
    places = [place for _, place in singly]
    best = [Choice(paid, tuple(places[:seats])) for seats, paid in enumerate(sums)][: lost + 1]
    best += [Choice(_IMPOSSIBLE)] * (lost + 1 - len(best))
    for place, costs in rest:
        after = best
        for seats, cost in enumerate(costs, start=1):
            if cost is not None:
                before = ([best[0]] * seats + best)[: lost + 1]
                paid_here = (place,) * seats
                now = [Choice(each.voters + cost, each.wards + paid_here) for each in before]
                after = [min(old, new, key=_voters) for old, new in zip(after, now, strict=True)]
        best = after
    return best[lost]


def _voters(choice: Choice) -> float:
    return choice.voters


def _seat_by_seat(costs: Sequence[int | None]) -> list[int] | None:
    """Returns what each further seat of a ward costs.

    None if one costs less than the one before it, and if any cannot be lost.
    """
    found: list[int] = []
    paid = last = 0
    for cost in costs:
        if cost is None or cost - paid < last:
            return None
        last = cost - paid
        found.append(last)
        paid = cost
    return found
