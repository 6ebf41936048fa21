"""Flip: the voters who would have cost a party its seats, ward by ward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from election.cached import cached_property
from election.rules.contribution import NOT_STANDING
from election.rules.majority import party_of
from election.rules.margin import Margin
from election.rules.moves import Moves, moves
from election.rules.votes_to_flip import cheapest_choice
from election.ward import Ward
from schemas.flip import FLIPS_MAX


class WardFlip(NamedTuple):
    """The seats that a party would have lost in a ward, and who would have had to move there."""

    ward: Ward
    seats: int
    moves: Moves


@dataclass(frozen=True)
class CouncilFlip:
    """The fewest voters who would have cost a party its majority, and the wards they are in.

    `seats` has the seats that the party would have lost, by ward.
    """

    party: str
    voters: int
    seats: tuple[tuple[Ward, int], ...]

    @cached_property
    def wards(self) -> tuple[WardFlip, ...]:
        """Who would have had to move, most voters first; empty for more wards than FLIPS_MAX."""
        if len(self.seats) > FLIPS_MAX:
            return ()
        found = [_ward_flip(ward, self.party, lost) for ward, lost in self.seats]
        return tuple(sorted(filter(None, found), key=lambda flip: -flip.moves.voters))


def council_flip(wards: Iterable[Ward], party: str, lost: int) -> CouncilFlip | None:
    """Returns the cheapest way for a party to lose `lost` of its seats in declared wards.

    None if that many cannot be lost.
    """
    held = [
        ward
        for ward in wards
        if ward.contribution.decided and ward.contribution.parties.get(party, NOT_STANDING).won
    ]
    choice = cheapest_choice([ward.costs(party, lost) for ward in held], lost)
    if choice is None:
        return None
    seats = Counter(choice.wards)
    return CouncilFlip(
        party, int(choice.voters), tuple([(held[place], seats[place]) for place in sorted(seats)])
    )


def ward_flips(ward: Ward) -> tuple[WardFlip, ...]:
    """Returns who would have had to move for the last elected's party to lose one seat.

    One entry, or none where there is no such number (`Ward.votes_to_flip`).
    """
    return _flips_at(ward, ward.margin)


def close_flips(ward: Ward) -> tuple[WardFlip, ...]:
    """Returns the same for the last seat between two parties, if that makes a knife edge."""
    return _flips_at(ward, ward.knife_edge)


def _flips_at(ward: Ward, found: Margin | None) -> tuple[WardFlip, ...]:
    flip = None if found is None else _ward_flip(ward, party_of(found.last_in), 1)
    return () if flip is None else (flip,)


def _ward_flip(ward: Ward, party: str, lost: int) -> WardFlip | None:
    cache = ward.flips
    if (party, lost) not in cache:
        cache[party, lost] = _moved(ward, party, lost)
    found = cache[party, lost]
    return None if found is None else WardFlip(ward, lost, found)


def _moved(ward: Ward, party: str, lost: int) -> Moves | None:
    costs = ward.costs(party, lost)
    voters = costs[lost - 1] if costs else None
    # None at 0: then the marks contradict the votes, and nobody had to move.
    if not voters or ward.declared is None or ward.result is None:
        return None
    return moves(ward.declared.candidates, ward.result, party, lost, voters)
