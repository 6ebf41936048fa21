"""The few voters who could have changed a result, in a sentence for the public."""

from __future__ import annotations

from collections.abc import Sequence

from election.count import Count
from election.flip import WardFlip
from election.text.paragraph import number_of
from election.text.public_party import person

_CLOSE_VOTERS_MAX = 250
"""With more voters who could have changed it, nobody calls it close."""


def voters_in_words(count: Count) -> str:
    """Returns how few voters could have cost a party its majority, and in which ward.

    "" if there are too many of them to be a story, or none, and as long as wards are to come that
    could give the party its majority all the same: then these voters changed nothing.
    """
    flip, control = count.flip, count.control
    if flip is None or control is None or not 0 < flip.voters <= _CLOSE_VOTERS_MAX:
        return ""
    seats = count.ranges[control]
    lost = seats.held - count.majority + 1
    if seats.best - lost >= count.majority:
        return ""
    voters = number_of(flip.voters, "voter")
    if len(flip.seats) == 1:
        where = f"{voters} in {flip.seats[0][0].name}"
        return f"had {where} {switched(count, flip.wards)}, they would have no majority"
    wards = number_of(len(flip.seats), "ward")
    return f"as few as {voters} in {wards}, choosing differently, could have cost them the majority"


def switched(count: Count, flips: Sequence[WardFlip]) -> str:
    """Returns what voters would have done: `switched from A (Labour) to B (independent)`.

    `voted differently` where more than two candidates are concerned.
    """
    if len(flips) == 1:
        found = flips[0].moves
        if len(found.losers) == len(found.gainers) == 1:
            to = person(count, found.gainers[0])
            return f"switched from {person(count, found.losers[0])} to {to}"
    return "voted differently"
