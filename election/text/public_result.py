"""The full result of a council for the public."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from election.count import Count
from election.text.paragraph import fitting, number_of, place, sentences
from election.text.phrases import listed, spelled
from election.text.public_party import is_others, who
from election.text.public_seats import compared, seats_in_words
from election.text.public_voters import voters_in_words
from election.text.result import council_turnout
from election.text.seats import largest
from schemas.party import INDEPENDENT, NOC

_PARTIES_SHOWN = (6, 5, 4, 3, 2, 1)

_PARTIES_BESIDE_VOTERS = (4, 3, 2)
"""So few are named, if need be, that there is room for voters who could have changed it."""


def result_paragraph(count: Count) -> str:
    """Returns who controls a complete council, all seats with their change, and the turnout."""
    return fitting(_results(count))


def _results(count: Count) -> Iterator[str]:
    lead = f"the full result in {place(count.name)}: {_clause(count)}"
    controls = count.control if count.control != NOC else None
    against, turnout = compared(count), council_turnout(count)
    short = _majority(count)
    vacant = ""
    if count.vacant:
        are = "is" if count.vacant == 1 else "are"
        vacant = f"{number_of(count.vacant, 'seat')} {are} vacant"
    voted = "" if turnout is None else f"turnout was {turnout}%"
    voters = voters_in_words(count)
    for said, shown in product((voted, ""), _PARTIES_BESIDE_VOTERS if voters else ()):
        seats = seats_in_words(count, shown, against, they=controls)
        yield sentences(lead, seats, short, voters, vacant, said)
    for shown in _PARTIES_SHOWN:
        seats = seats_in_words(count, shown, against, they=controls)
        yield sentences(lead, seats, short, vacant, voted)
    yield sentences(lead, short, vacant, voted)
    yield sentences(lead, short)
    yield sentences(lead)


def _clause(count: Count) -> str:
    party, before = who(count, count.control), who(count, count.control_before)
    match count.outcome:
        case "hold":
            return f"{party} keep control"
        case "gain":
            return f"{party} have won control from {before}"
        case "gain_from_noc":
            return f"{party} have won control, where no party had a majority before"
        case "loss_to_noc":
            return f"{before} have lost control and no party has a majority"
        case "noc_hold":
            return "no party has a majority, as before"
    return "no party has a majority" if count.control == NOC else f"{party} have control"


def _majority(count: Count) -> str:
    """Returns what a majority takes, and without one who is how many seats short of it."""
    if count.control != NOC:
        return f"a majority takes {count.majority}"
    takes = f"a majority takes {count.majority} of the {count.seats_total} seats"
    parts = []
    if count.held.get(INDEPENDENT, 0) >= count.majority:
        parts.append("independents have enough, but are not one party")
    found = largest(count)
    if found is not None and not any(
        is_others(party, count.names.get(party, "")) for party in found.parties
    ):
        names = listed([who(count, party) for party in found.parties])
        each = " each" if len(found.parties) > 1 else ""
        if not each and count.held.get(INDEPENDENT, 0) > count.held[found.parties[0]]:
            names += ", the largest party,"
        parts.append(f"{names} are{each} {spelled(found.seats)} short")
    return "; ".join([takes, *parts])
