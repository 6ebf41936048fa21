"""The marks that every night has if the newsroom names none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from election.nation.mark import Mark
from election.nation.part_sum import PartSum
from election.text.party_name import party_name
from schemas.party import NOC

SEATS_STEP = 100
"""Every so many seats gained or lost by a party are a mark: some 20 of a big night."""

_CACHE_ENTRIES = 1_024
"""A night has some dozens of parties, with up to a dozen marks each."""


def marks_of_night(expected: int) -> tuple[Mark, ...]:
    """Returns the marks of councils, by how many are expected; none if nobody knows."""
    if not expected:
        return ()
    last = Mark(name="All councils complete", count="councils_awaited", at_most=0)
    if expected == 1:
        return (last,)
    half = Mark(
        name="Half of the councils decided", count="councils_decided", at_least=(expected + 1) // 2
    )
    return half, Mark(name="One council to come", count="councils_awaited", at_most=1), last


def marks_of_party(party: str, label: str, night: PartSum) -> Iterator[Mark]:
    """Yields the marks of a party that a night has reached: its first council, gains and losses.

    The nearest to the start come first. No overall control has none.
    """
    if party == NOC:
        return
    if any(now == party for _, now in night.control):
        yield _first_council(party, label)
    seats = night.parties.get(party)
    change = seats.change_eve_of_poll if seats is not None else 0
    sign = 1 if change > 0 else -1
    for step in range(SEATS_STEP, abs(change) + 1, SEATS_STEP):
        yield _seats(party, label, sign * step)


@lru_cache(maxsize=_CACHE_ENTRIES)
def _first_council(party: str, label: str) -> Mark:
    name = f"First council for {party_name(party, label)}"
    return Mark(name=name, count="councils", party=party, at_least=1)


@lru_cache(maxsize=_CACHE_ENTRIES)
def _seats(party: str, label: str, change: int) -> Mark:
    name = party_name(party, label)
    if change > 0:
        gains = f"{name} reach {change:,} net gains"
        return Mark(name=gains, count="seats_change", party=party, at_least=change)
    losses = f"{name} reach {-change:,} net losses"
    return Mark(name=losses, count="seats_change", party=party, at_most=change)
