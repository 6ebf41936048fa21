from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate, product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from election.rules.moves import moves
from election.rules.result import result
from election.rules.votes_to_flip import cheapest_choice, seat_costs, votes_to_flip
from schemas.ward import Candidate

votes = st.lists(st.integers(0, 5), min_size=1, max_size=3)


def spread(moved: int, most: list[int]) -> Iterator[tuple[int, ...]]:
    """Yields every division of so many votes over candidates, at most so many each."""
    for division in product(*(range(min(moved, limit) + 1) for limit in most)):
        if sum(division) == moved:
            yield division


def seats_at_best(own: list[int], others: list[int], seats: int) -> int:
    """Returns the seats a party wins if every lot falls its way."""
    ranked = sorted([(-count, 0) for count in own] + [(-count, 1) for count in others])
    return sum(party == 0 for _, party in ranked[:seats])


def can_flip(own: list[int], others: list[int], seats: int, left: int, moved: int) -> bool:
    """Returns whether so many voters can leave the party that many seats, by trying everything."""
    return any(
        seats_at_best(
            [count - taken for count, taken in zip(own, fall, strict=True)],
            [count + given for count, given in zip(others, rise, strict=True)],
            seats,
        )
        <= left
        for fall in spread(moved, own)
        for rise in spread(moved, [moved] * len(others))
    )


@settings(max_examples=300, deadline=None)
@given(votes, votes, st.integers(1, 3), st.data())
def test_votes_to_flip_a_seat_are_what_trying_everything_finds(
    own: list[int], others: list[int], seats: int, data: st.DataObject
) -> None:
    """The fewest voters are enough, and one voter fewer never is, however they move."""
    assume(len(own) + len(others) >= seats)
    held = seats_at_best(own, others, seats)
    assume(held)
    lost = data.draw(st.integers(1, held))
    fewest = next(
        (
            moved
            for moved in range(sum(own) + 1)
            if can_flip(own, others, seats, held - lost, moved)
        ),
        None,
    )

    assert fewest == votes_to_flip(own, others, seats, held, lost)


@settings(max_examples=300, deadline=None)
@given(votes, votes, st.integers(1, 3), st.data())
def test_the_candidates_named_are_enough_for_the_voters_to_flip_a_seat(
    own: list[int], others: list[int], seats: int, data: st.DataObject
) -> None:
    """The fewest voters flip the seats by leaving the named losers for the named gainers alone."""
    assume(len(own) + len(others) >= seats)
    people = [
        *(Candidate(candidate=f"own {n}", party="Own", votes=count) for n, count in enumerate(own)),
        *(Candidate(candidate=f"{n}", party=f"{n}", votes=count) for n, count in enumerate(others)),
    ]
    decided = result(people, seats, "plurality")
    assume(decided is not None and decided.seats_won.get("Own"))
    assert decided is not None
    held = decided.seats_won["Own"]
    lost = data.draw(st.integers(1, held))
    voters = seat_costs(people, decided, "plurality", "Own", lost)[lost - 1]
    assume(voters)
    assert voters is not None
    moved = moves(people, decided, "Own", lost, voters)
    named = {each.candidate for each in (*moved.losers, *moved.gainers)}

    def after(division: Iterable[int], side: list[int], mark: str, sign: int) -> list[int]:
        left = iter(division)
        return [
            count + sign * next(left) if f"{mark}{place}" in named else count
            for place, count in enumerate(side)
        ]

    assert any(
        seats_at_best(
            after(fall, own, "own ", -1),
            after(rise, others, "", 1),
            sum(decided.seats_won.values()),
        )
        <= held - lost
        for fall in spread(voters, [own[int(each.candidate[4:])] for each in sorted_(moved.losers)])
        for rise in spread(voters, [voters] * len(moved.gainers))
    )


def sorted_(people: Iterable[Candidate]) -> list[Candidate]:
    """Returns candidates in the order in which they are listed."""
    return sorted(people, key=lambda each: each.candidate)


# In most wards each further seat costs at least as much as the one before; these cost anything.
ANY_COSTS = st.lists(st.integers(1, 30) | st.none(), max_size=3)
DEARER_AND_DEARER = st.lists(st.integers(0, 15), max_size=3).map(
    lambda each: list(accumulate(sorted(each)))
)


@settings(max_examples=400, deadline=None)
@given(st.lists(ANY_COSTS | DEARER_AND_DEARER, max_size=4), st.integers(1, 5))
def test_votes_to_flip_a_council_are_those_of_the_cheapest_wards(
    wards: list[list[int | None]], lost: int
) -> None:
    """No other choice of wards, and of seats lost in each, costs the majority for less."""
    cheapest: int | None = None
    for choice in product(*(range(len(costs) + 1) for costs in wards)):
        paid = [costs[seats - 1] for costs, seats in zip(wards, choice, strict=True) if seats]
        known = [cost for cost in paid if cost is not None]
        if sum(choice) >= lost and len(known) == len(paid):
            cheapest = min(sum(known), sum(known) if cheapest is None else cheapest)

    found = cheapest_choice(wards, lost)
    assert cheapest == (found and found.voters)
    if found is not None:
        seats = Counter(found.wards)
        assert sum(seats.values()) >= lost
        assert sum(wards[place][number - 1] or 0 for place, number in seats.items()) == cheapest
