"""Contribution: what one ward adds to its council's tally."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from election.rules.majority import party_of
from schemas.council import Nominee
from schemas.ward import Candidate


class PartyContribution(NamedTuple):
    """What a ward adds to one party.

    `won` are seats, `most` and `fewest` the open seats that the party can win at most and at
    least, and `stood` is 1 if the party stands in the ward.
    """

    won: int = 0
    most: int = 0
    fewest: int = 0
    stood: int = 0


# All are small numbers, so the wards of a night share a few dozen of them.
_CACHE_ENTRIES = 4_096


@lru_cache(maxsize=_CACHE_ENTRIES)
def _of_party(won: int, most: int, fewest: int) -> PartyContribution:
    return PartyContribution(won, most, fewest, 1)


NOT_STANDING = PartyContribution()
"""What a ward adds to a party that does not stand there."""


class Contribution(NamedTuple):
    """What a ward adds to its council. Every number is 0 if the ward does not count.

    `awaited` is 1 if a declaration is expected that can still make a difference. `seats` are
    `filled`, `still_open` or vacant. `open_to_any` are the open seats that anybody may win,
    because nominations are not known.
    """

    parties: Mapping[str, PartyContribution]
    wards: int = 0
    decided: int = 0
    awaited: int = 0
    seats: int = 0
    filled: int = 0
    still_open: int = 0
    open_to_any: int = 0


NOT_COUNTED = Contribution({})
"""The contribution of a ballot that no `council.opened` lists, or that another ballot replaces."""


def fielded(candidates: Iterable[Candidate | Nominee]) -> dict[str, int]:
    """Returns how many candidates each party has put up."""
    counts: dict[str, int] = {}
    for candidate in candidates:
        key = party_of(candidate)
        counts[key] = counts.get(key, 0) + 1
    return counts


def most(seats: int, own: int) -> int:
    """Returns the most seats that a party with `own` candidates can win in an open ward."""
    return min(seats, own)


def fewest(seats: int, own: int, standing: int) -> int:
    """Returns the seats that nominations alone force on a party, as its opponents are too few.

    `own` of the `standing` candidates are the party's.
    """
    return max(0, min(seats, standing) - (standing - own))


def decided(won: Mapping[str, int], stood: Iterable[str], seats: int) -> Contribution:
    """Returns the contribution of a ward with a result. Seats that nobody won are vacant."""
    parties = {party: _of_party(won.get(party, 0), 0, 0) for party in stood}
    return Contribution(parties, wards=1, decided=1, seats=seats, filled=sum(won.values()))


def undecided(nominated: Mapping[str, int], seats: int, *, awaited: bool) -> Contribution:
    """Returns the contribution of an open ward whose nominations are known.

    A ward that has only one possible result is not awaited: its declaration changes nothing.
    """
    return _undecided(tuple(nominated.items()), seats, awaited)


def part_decided(
    won: Mapping[str, int], left: Mapping[str, int] | None, seats: int, still_open: int
) -> Contribution:
    """Returns the contribution of a ward of which some seats are declared and others are open.

    `won` are the seats declared, `left` the candidates by party who can still be elected; None
    if it is not known who stands.
    """
    if left is None:
        parties = {party: _of_party(number, 0, 0) for party, number in won.items()}
    else:
        standing = sum(left.values())
        parties = {
            party: _of_party(
                won.get(party, 0),
                most(still_open, left.get(party, 0)),
                fewest(still_open, left.get(party, 0), standing),
            )
            for party in dict.fromkeys((*won, *left))
        }
    differs = left is None or any(party.most != party.fewest for party in parties.values())
    return Contribution(
        parties,
        wards=1,
        awaited=int(differs),
        seats=seats,
        filled=sum(won.values()),
        still_open=still_open,
        open_to_any=still_open if left is None else 0,
    )


@lru_cache(maxsize=_CACHE_ENTRIES)
def _undecided(nominated: tuple[tuple[str, int], ...], seats: int, awaited: bool) -> Contribution:  # noqa: FBT001 -- cached
    """Wards in which the same parties stand share one contribution."""
    standing = sum(own for _, own in nominated)
    parties = {
        party: _of_party(0, most(seats, own), fewest(seats, own, standing))
        for party, own in nominated
    }
    differs = any(party.most != party.fewest for party in parties.values())
    return Contribution(
        parties, wards=1, awaited=int(awaited and differs), seats=seats, still_open=seats
    )


def open_to_any(stood: Iterable[str], seats: int, *, awaited: bool) -> Contribution:
    """Returns the contribution of an open ward whose nominations are not known."""
    return Contribution(
        {party: _of_party(0, 0, 0) for party in stood},
        wards=1,
        awaited=int(awaited),
        seats=seats,
        still_open=seats,
        open_to_any=seats,
    )
