"""What a party has over several councils, each number with how many councils it adds up."""

from __future__ import annotations

from operator import add, sub
from typing import NamedTuple

from schemas.totals import CouncilTotals, PartyTotals


class PartySum(NamedTuple):
    """A party over several councils. Each number is 0 where its `…_covers` is: it is not known.

    `listed` counts the councils that have the party at all. `seats_won` leaves out councils
    declared as a whole of which it is not known what was up. `seats_defended` are seats that are
    up and were the party's on the eve of poll, `seats_to_come` those of them in councils that are
    not complete. Changes of seats add up complete councils only, as one in mid-count looks like a
    loss. `votes` are those in wards of which all votes are stated.
    """

    listed: int = 0
    seats_won: int = 0
    seats_won_covers: int = 0
    seats_defended: int = 0
    seats_defended_covers: int = 0
    seats_to_come: int = 0
    seats_to_come_covers: int = 0
    change_eve_of_poll: int = 0
    change_eve_of_poll_covers: int = 0
    change_last_election: int = 0
    change_last_election_covers: int = 0
    votes: int = 0
    votes_covers: int = 0

    def plus(self, other: PartySum) -> PartySum:
        """Returns the party over the councils of both, which have none in common."""
        return PartySum(*map(add, self, other))

    def minus(self, other: PartySum) -> PartySum:
        """Returns the party over the councils of this without those of the other."""
        return PartySum(*map(sub, self, other))


NOTHING_OF_PARTY = PartySum()
"""A party over no council."""


def party_sum(totals: CouncilTotals, party: PartyTotals) -> PartySum:
    """Returns what one council adds to one of its parties. Nothing is inferred."""
    known = totals.seats_won_known
    defended = party.seats_defended
    eve = party.change_eve_of_poll if totals.complete else None
    last = party.change_last_election if totals.complete else None
    return PartySum(
        1,
        party.seats_won if known else 0,
        int(known),
        *_sum(defended),
        *_sum(None if defended is None else 0 if totals.complete else defended),
        *_sum(eve),
        *_sum(last),
        *_sum(totals.votes.get(party.party_id, 0) if totals.votes_wards else None),
    )


def _sum(number: int | None) -> tuple[int, int]:
    return (0, 0) if number is None else (number, 1)
