"""Votes to flip: the fewest voters who would have changed a seat or a council."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from election.certainty import certain_control, ranges
from election.council import Council
from election.majority import counted_under, majority
from election.result import result
from schemas.council import ElectoralSystem
from schemas.party import NOC
from schemas.ward import WardDeclared


def votes_to_flip(
    own: Sequence[int], others: Sequence[int], seats: int, held: int, lost: int
) -> int | None:
    """Returns the fewest voters who leave a party `lost` of its `held` seats short in a ward.

    Each moves one vote from a candidate of the party (`own` votes, losers too) to a candidate of
    another (`others`). Strictly, without a lot: the q-th best other ends above the party's r-th
    best, at some level T that q others reach and all but r - 1 of the party's stay below. None
    where there are fewer than q others, or the party has not that many votes.
    """
    overtakers = seats - held + lost
    keep = held - lost
    if len(others) < overtakers or not 1 <= lost <= held:
        return None
    rising = sorted(others, reverse=True)[:overtakers]
    falling = sorted(own, reverse=True)[keep:]

    def given(level: int) -> int:
        return sum(level - votes for votes in rising if votes < level)

    def taken(level: int) -> int:
        return sum(votes - level + 1 for votes in falling if votes >= level)

    low, high = 1, max(falling) + 1
    while low < high:
        level = (low + high) // 2
        if given(level) >= taken(level):
            high = level
        else:
            low = level + 1
    fewest = max(given(low), taken(low))
    if low > 1:
        fewest = min(fewest, max(given(low - 1), taken(low - 1)))
    return fewest if fewest <= sum(own) else None


def ward_costs(declared: WardDeclared, system: ElectoralSystem, party: str) -> list[int | None]:
    """Returns the votes to flip 1, 2, … of a party's seats in a ward; empty where not computed.

    Not computed under STV, without votes, without a contest, and where the party won nothing.
    """
    found = result(declared, system)
    if system == "stv" or found is None or not found.seats_won.get(party):
        return []
    own, others = [], []
    for candidate in declared.candidates:
        if candidate.votes is None:
            return []
        same = counted_under(candidate.party_id, candidate.party) == party
        (own if same else others).append(candidate.votes)
    held = found.seats_won[party]
    seats = sum(found.seats_won.values())
    return [votes_to_flip(own, others, seats, held, lost) for lost in range(1, held + 1)]


def council_votes_to_flip(council: Council) -> int | None:
    """Returns the fewest voters who would have cost the controlling party its majority.

    That is the cheapest set of declared wards that costs it the seats it has beyond one short
    of a majority. None while nobody controls, and where that many seats cannot be lost.
    """
    control = certain_control(council)
    if council.opened is None or control is None or control == NOC:
        return None
    lost = ranges(council)[control].held - majority(council.opened.seats_total) + 1
    if lost < 1:
        return None
    system = council.opened.electoral_system
    costs = [
        ward_costs(ward.declared, system, control)
        for ward in council.wards.values()
        if ward.declared is not None and ward.share.decided
    ]
    return cheapest(costs, lost)


def cheapest(wards: Iterable[Sequence[int | None]], lost: int) -> int | None:
    """Returns the least sum of costs that loses `lost` seats, at most one cost a ward.

    A ward's costs are those of losing 1, 2, … seats there; None where impossible.
    """
    best: list[float] = [0.0, *([float("inf")] * lost)]
    for costs in wards:
        after = list(best)
        for seats, cost in enumerate(costs, start=1):
            if cost is not None:
                for total in range(1, lost + 1):
                    after[total] = min(after[total], best[max(0, total - seats)] + cost)
        best = after
    return None if best[lost] == float("inf") else int(best[lost])
