"""Seats by party as a sentence lists them, and how much of a count is still to come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from election.cached import cached
from election.count import Count
from election.rules.majority import may_control
from election.text.phrases import counted, listed, signed, spelled
from schemas.party import INDEPENDENT, NOC

NO_MAJORITY_TOGETHER = "independents form no majority"
"""Said where they hold or can reach as many seats, and are no party."""

PARTIES_SHOWN = (6, 5, 4, 3, 2, 1)
"""The parties that a sentence has room for, and how few it makes do with if names are long; the
others are added up."""


@cached
def seats_held(count: Count) -> str:
    """Returns what each party holds, most seats first: `CON 30, LAB 27`."""
    return seats_listed(count)


def seats_listed(
    count: Count, shown_max: int = PARTIES_SHOWN[0], changes: Mapping[str, int | None] | None = None
) -> str:
    """Returns what each party holds, with its change if it is given: `LAB 40 (−5), LD 29 (+3)`."""
    changes = changes or {}
    ranked = [each for each in count.held.items() if each[1] or changes.get(each[0])]
    shown = [
        f"{count.wire(party)} {seats}{_change(changes.get(party))}"
        for party, seats in ranked[:shown_max]
    ]
    rest = ranked[shown_max:]
    others = sum(seats for _, seats in rest)
    if others:
        known = [change for party, _ in rest if (change := changes.get(party)) is not None]
        shown.append(f"others {others}{_change(sum(known) if len(known) == len(rest) else None)}")
    return ", ".join(shown) or "no seat filled"


def _change(change: int | None) -> str:
    return "" if change is None else f" ({signed(change)})"


def declared_so_far(count: Count) -> str:
    """Returns how far the count is: `19 of 21 wards declared`, or its seats if it has no wards."""
    if count.tally.wards or count.council_result is None:
        return f"{count.tally.decided} of {counted(count.tally.wards, 'ward')} declared"
    return f"running score, {counted(count.still_open, 'seat')} open"


def to_come(count: Count) -> str:
    """Returns what is still to be declared: `5 wards to come`; "" for a complete council."""
    if count.complete:
        return ""
    undeclared = count.tally.wards - count.tally.decided
    if count.unaccounted or not undeclared:
        return f"{counted(count.still_open, 'seat')} to come" if count.still_open else ""
    return f"{counted(undeclared, 'ward')} to come"


class Short(NamedTuple):
    """The largest parties that may control, and how many seats each is short of a majority."""

    parties: tuple[str, ...]
    seats: int


def largest(count: Count) -> Short | None:
    """Returns the largest parties of a council and what they lack; None if none holds a seat.

    What a source calls a party and names `NOC` is none.
    """
    marked = count.opening.opened.independents_as_party
    held = {
        party: seats
        for party, seats in count.held.items()
        if seats and party != NOC and may_control(party, independents_as_party=marked)
    }
    most = max(held.values(), default=0)
    parties = tuple(party for party, seats in held.items() if seats == most)
    return Short(parties, count.majority - most) if parties else None


def short_of_majority(count: Count) -> str:
    """Returns how far a council without a majority is from one: `LAB one short`.

    `GREEN and LAB each 12 short` if several are the largest. Of independents who hold that many
    seats it is said that they form no majority.
    """
    found = largest(count)
    parts = []
    if count.held.get(INDEPENDENT, 0) >= count.majority:
        parts.append(NO_MAJORITY_TOGETHER)
    if found is not None:
        each = " each" if len(found.parties) > 1 else ""
        names = listed([count.wire(party) for party in found.parties])
        parts.append(f"{names}{each} {spelled(found.seats)} short")
    return ", ".join(parts)
