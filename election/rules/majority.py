"""Majority: how many seats give control, and whose seats count together."""

from __future__ import annotations

from functools import lru_cache

from schemas.council import Nominee
from schemas.party import INDEPENDENT, party_key
from schemas.ward import Candidate

# Some 400 parties stand on a UK night under a few labels each. The limit keeps rubbish out.
_CACHE_ENTRIES = 8_192


def majority(seats_total: int) -> int:
    """Returns the number of seats that gives control: more than half, so 32 of 63 and 31 of 60.

    All seats count, whether up, not up, vacant or postponed. Exactly half is no overall control,
    whoever governs and whoever has the casting vote. Walsall in 2014 is an example: Labour held
    30 of 60 (bbc.co.uk/news/uk-england-birmingham-27533385).
    """
    return seats_total // 2 + 1


def may_control(party: str, *, independents_as_party: bool) -> bool:
    """Returns whether a party's seats can form a majority.

    Independents cannot together, unless the council is marked so. Local parties, such as the
    Ashfield Independents, are parties.
    """
    return party != INDEPENDENT or independents_as_party


def party_of(person: Candidate | Nominee) -> str:
    """Returns the key that a candidate's seat is counted under."""
    return counted_under(person.party_id, person.party)


@lru_cache(maxsize=_CACHE_ENTRIES)
def counted_under(party_id: str, party: str = "") -> str:
    """Returns the key that seats of a party are counted under; see `schemas.party.party_key`.

    Joint Labour and Co-operative candidates count as Labour. A candidate without any
    description counts as an independent.
    """
    if not party_id and not party:
        return INDEPENDENT
    return party_key("", party_key(party_id, party))
