"""Majority: how many seats control takes, and who may have it."""

from __future__ import annotations

from schemas.party import INDEPENDENT, party_key


def majority(seats_total: int) -> int:
    """Returns the seats that control takes: more than half of all, so 32 of 63 and 31 of 60.

    All seats count, whether up, not up, vacant or postponed. Exactly half is no overall
    control, whoever has the casting vote (Walsall 2014: Labour 30 of 60, NOC).
    """
    return seats_total // 2 + 1


def may_control(party: str, *, independents_as_party: bool) -> bool:
    """Tells whether a party's seats can be a majority.

    Independents form none together, unless the council is marked so. Local parties are parties.
    """
    return party != INDEPENDENT or independents_as_party


def counted_under(party_id: str, party: str) -> str:
    """Returns the key that a candidate's seat is counted under; see `schemas.party.party_key`.

    A candidate without any description stands alone, so counts as an independent.
    """
    if not party_id and not party:
        return INDEPENDENT
    return party_key(party_id, party)
