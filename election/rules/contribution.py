"""Share: what one ward adds to its council's count as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from election.rules.majority import party_of
from schemas.council import Nominee
from schemas.ward import Candidate


class Part(NamedTuple):
    """What a ward gives a party: seats won, the most and the fewest of its open seats, itself."""

    won: int = 0
    most: int = 0
    fewest: int = 0
    stood: int = 0


# Parts are few numbers below a hundred, so that a night's wards share some dozens of them.
_CACHE_ENTRIES = 4_096


@lru_cache(maxsize=_CACHE_ENTRIES)
def _part(won: int, most: int, fewest: int) -> Part:
    return Part(won, most, fewest, 1)


NO_PART = Part()
"""What a ward gives a party that does not stand there."""


class Share(NamedTuple):
    """What a ward adds to its council. Every number is 0 where the ward does not count."""

    parts: Mapping[str, Part]
    wards: int = 0
    decided: int = 0
    awaited: int = 0
    seats: int = 0
    filled: int = 0
    still_open: int = 0
    anyones: int = 0


NOTHING = Share({})
"""The share of a ballot that no `council.opened` lists, or that another ballot replaces."""


def fielded(candidates: Iterable[Candidate | Nominee]) -> dict[str, int]:
    """Returns how many candidates each party has put up."""
    counts: dict[str, int] = {}
    for candidate in candidates:
        key = party_of(candidate)
        counts[key] = counts.get(key, 0) + 1
    return counts


def most(seats: int, own: int) -> int:
    """Returns the most seats a party can win in an open ward: it cannot win more than it fields."""
    return min(seats, own)


def fewest(seats: int, own: int, standing: int) -> int:
    """Returns the seats that nominations alone force on a party: those its opponents leave."""
    return max(0, min(seats, standing) - (standing - own))


def decided(won: Mapping[str, int], stood: Iterable[str], seats: int) -> Share:
    """Returns the share of a ward with a result; seats that nobody won are vacant."""
    parts = {party: _part(won.get(party, 0), 0, 0) for party in stood}
    return Share(parts, wards=1, decided=1, seats=seats, filled=sum(won.values()))


def undecided(nominated: Mapping[str, int], seats: int, *, awaited: bool) -> Share:
    """Returns the share of an open ward whose nominations are known.

    One that can fall in one way only is not awaited: its declaration will tell nothing new.
    """
    return _undecided(tuple(nominated.items()), seats, awaited)


@lru_cache(maxsize=_CACHE_ENTRIES)
def _undecided(nominated: tuple[tuple[str, int], ...], seats: int, awaited: bool) -> Share:  # noqa: FBT001 -- cached
    """The wards of a council are alike in who stands, so that many have one share."""
    standing = sum(own for _, own in nominated)
    parts = {
        party: _part(0, most(seats, own), fewest(seats, own, standing)) for party, own in nominated
    }
    differs = any(part.most != part.fewest for part in parts.values())
    return Share(parts, wards=1, awaited=int(awaited and differs), seats=seats, still_open=seats)


def anyones(stood: Iterable[str], seats: int, *, awaited: bool) -> Share:
    """Returns the share of an open ward whose nominations are not known: anyone may win it."""
    parts = {party: _part(0, 0, 0) for party in stood}
    return Share(parts, wards=1, awaited=int(awaited), seats=seats, still_open=seats, anyones=seats)
