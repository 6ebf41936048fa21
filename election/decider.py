"""Deciders: undeclared wards on which control can still hang, and who needs what there."""

from __future__ import annotations

from typing import NamedTuple

from election.count import Count
from election.rules.contribution import NOT_STANDING
from election.ward import Ward

DECIDERS_MAX = 12
"""With more undeclared wards than this, none of them is a story, and no page has room for them."""


class Stake(NamedTuple):
    """What an open ward means to a party that can still control the council.

    `settles` is how many of its seats would make the party's majority certain at once, None if
    no number does. `needs` is how many the party must win there so that a majority stays
    possible, 0 if the seats that nominations alone force on it are enough.
    """

    party: str
    settles: int | None
    needs: int


def deciders(count: Count) -> tuple[Ward, ...]:
    """Returns the undeclared wards of an undetermined council, those expected tonight first.

    Empty once control is certain. Leaves out a ward that has only one possible result.
    """
    if count.control is not None:
        return ()
    undecided = [
        ward for ward in count.wards.values() if ward.contribution.still_open and _can_differ(ward)
    ]
    return tuple(sorted(undecided, key=lambda ward: ward.postponed))


def the_decider(count: Count) -> Ward | None:
    """Returns the ward that a council hangs on: the only one expected whose result can settle it.

    If every open ward is postponed, it is the only one of those. None for any other council.
    """
    if count.tally.awaited > 1:
        return None  # Early in the night; saves going through every ward.
    undecided = deciders(count)
    expected = [ward for ward in undecided if not ward.postponed] or undecided
    if len(expected) != 1:
        return None
    ward = expected[0]
    settled = any(stake.settles is not None for stake in stakes(count, ward))
    return ward if settled or can_settle_noc(count, ward) else None


def stakes(count: Count, ward: Ward) -> tuple[Stake, ...]:
    """Returns what an open ward means to each party that can still control.

    Parties for which it can settle the council come first; then those with more seats.
    """
    settling, others = [], []
    parties, majority = ward.contribution.parties, count.majority
    open_to_any = ward.contribution.open_to_any
    for party, seats in count.ranked:
        here = parties.get(party, NOT_STANDING)
        most = open_to_any + here.most
        enough = majority - (seats.least - here.fewest)
        needs = majority - (seats.best - most)
        left = needs if needs > here.fewest else 0
        if enough <= most:
            settling.append(Stake(party, enough, left))
        else:
            others.append(Stake(party, None, left))
    return (*settling, *others)


def can_settle_noc(count: Count, ward: Ward) -> bool:
    """Returns whether some result of an open ward would make no overall control certain at once.

    That is so if the ward's seats can be shared out so that no contender can reach a majority
    any more. If nominations are not known, so few may stand that nobody need win.
    """
    contribution = ward.contribution
    if count.open_to_any - contribution.open_to_any >= count.majority:
        return False
    room = sum(party.most for party in contribution.parties.values())
    for party, seats in count.contenders.items():
        here = contribution.parties.get(party, NOT_STANDING)
        within = count.majority - 1 - (seats.best - contribution.open_to_any - here.most)
        if within < 0:
            return False
        room -= here.most - within
    return bool(contribution.open_to_any) or room >= _to_fill(ward)


def _can_differ(ward: Ward) -> bool:
    parties = ward.contribution.parties.values()
    return bool(ward.contribution.open_to_any) or any(each.most != each.fewest for each in parties)


def _to_fill(ward: Ward) -> int:
    """Returns the seats of an open ward that somebody will win."""
    standing = sum(party.most for party in ward.contribution.parties.values())
    return min(ward.contribution.still_open, standing)
