"""Shares of the vote in a ward and in a council. No I/O."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from schemas.party import party_key
from schemas.totals import CouncilTotals, PartyTotals
from schemas.ward_totals import WardTotals
from services.ticker.pages.party_style import party_style
from services.ticker.pages.story_wording import percentage

TRANSFERABLE: Final = ("S", "N")
"""How the GSS codes begin of the nations whose councils are elected by single transferable vote."""


@dataclass(frozen=True, slots=True)
class PartyShare:
    """A party's votes in a ward, and their share of all in percent, to one decimal place."""

    party_id: str
    party: str
    votes: int
    share: float


def ward_shares(ward: WardTotals) -> tuple[PartyShare, ...]:
    """Returns the share of each party in a declared ward, most votes first.

    A party's votes are those of all its candidates. Empty if the ward is not declared, or the votes
    of a candidate are not known, as a share of what is known would be wrong.
    """
    votes = [each.votes for each in ward.candidates]
    total = sum(each or 0 for each in votes)
    if ward.status != "declared" or None in votes or not total:
        return ()
    of_party: Counter[str] = Counter()
    names: dict[str, str] = {}
    for each in ward.candidates:
        key = party_key(each.party_id, each.party) if each.party_id or each.party else ""
        of_party[key] += each.votes or 0
        names.setdefault(key, each.party or party_style(key).short or "No description")
    return tuple(
        PartyShare(key, names[key], number, round(100 * number / total, 1))
        for key, number in of_party.most_common()
    )


def council_share(party: PartyTotals, totals: CouncilTotals) -> str:
    """Returns a party's share of the votes that are known in a council: `41.2%`, or a dash."""
    if not totals.votes_total:
        return percentage(None)
    return percentage(round(100 * totals.votes.get(party.party_id, 0) / totals.votes_total, 1))


def is_transferable(totals: CouncilTotals) -> bool:
    """Returns whether a council is elected by single transferable vote, by where it is."""
    return totals.council_gss.startswith(TRANSFERABLE)
