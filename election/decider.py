"""Decider: an undeclared ward on which control can still hang, and who needs what there."""

from __future__ import annotations

from typing import NamedTuple

from election.count import Count
from election.rules.contribution import NO_PART
from election.ward import Ward

DECIDERS_MAX = 12
"""With more undeclared wards than this none of them is a story, and no page has the room."""


class Stake(NamedTuple):
    """What an open ward means to a party that can still control the council.

    `settles` are the seats there that would make its majority certain at once, None where no
    number does. `needs` are the seats it must win there to stay able to reach one, 0
    where those that nominations force on it are enough.
    """

    party: str
    settles: int | None
    needs: int


def deciders(count: Count) -> tuple[Ward, ...]:
    """Returns the undeclared wards of an undetermined council, those expected tonight first.

    Empty once control is certain. A ward is left out where it can fall in one way only.
    """
    if count.control is not None:
        return ()
    undecided = [
        ward for ward in count.wards.values() if ward.share.still_open and _can_differ(ward)
    ]
    return tuple(sorted(undecided, key=lambda ward: ward.postponed))


def the_decider(count: Count) -> Ward | None:
    """Returns the ward that a council hangs on: the only one expected whose result can settle it.

    Where every ward still open is postponed, the only one of those. None for any other council.
    """
    if count.tally.awaited > 1:
        return None  # Early in the night, without a look at every ward.
    undecided = deciders(count)
    expected = [ward for ward in undecided if not ward.postponed] or undecided
    if len(expected) != 1:
        return None
    ward = expected[0]
    settled = any(stake.settles is not None for stake in stakes(count, ward))
    return ward if settled or can_settle_noc(count, ward) else None


def stakes(count: Count, ward: Ward) -> tuple[Stake, ...]:
    """Returns what an open ward means to each party that can still control.

    Those that it can settle the council for come first, the one with most seats before others.
    """
    settling, others = [], []
    parts, anyones, majority = ward.share.parts, ward.share.anyones, count.majority
    for party, seats in count.ranked:
        part = parts.get(party, NO_PART)
        most = anyones + part.most
        enough = majority - (seats.least - part.fewest)
        needs = majority - (seats.best - most)
        left = needs if needs > part.fewest else 0
        if enough <= most:
            settling.append(Stake(party, enough, left))
        else:
            others.append(Stake(party, None, left))
    return (*settling, *others)


def can_settle_noc(count: Count, ward: Ward) -> bool:
    """Tells whether some result of an open ward would make no overall control certain at once.

    It would where its seats can go round without any contender having a majority in reach of
    it. Where nominations are not known so few may stand that nobody need win.
    """
    if count.anyones - ward.share.anyones >= count.majority:
        return False
    room = sum(part.most for part in ward.share.parts.values())
    for party, seats in count.contenders.items():
        part = ward.share.parts.get(party, NO_PART)
        within = count.majority - 1 - (seats.best - ward.share.anyones - part.most)
        if within < 0:
            return False
        room -= part.most - within
    return bool(ward.share.anyones) or room >= _to_fill(ward)


def _can_differ(ward: Ward) -> bool:
    parts = ward.share.parts.values()
    return bool(ward.share.anyones) or any(part.most != part.fewest for part in parts)


def _to_fill(ward: Ward) -> int:
    """Returns the seats of an open ward that somebody will win."""
    fielded = ward.contest.fielded if ward.contest else None
    return min(ward.share.still_open, sum((fielded or {}).values()))
