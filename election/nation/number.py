"""The number that a mark is about, of one council, of a part of the night or of all of it."""

from __future__ import annotations

from election.nation.entry import CouncilEntry
from election.nation.mark import Measure
from election.nation.part_sum import PartSum
from election.nation.party_sum import NOTHING_OF_PARTY
from election.nation.place import Part


def number(measure: Measure, of: PartSum) -> int | None:
    """Returns the number of some councils of which something is known; None if none counts."""
    if measure.counts == "seats_won":
        party = of.parties.get(measure.party, NOTHING_OF_PARTY)
        return party.seats_won if party.seats_won_covers else None
    if measure.counts == "seats_change":
        return _seats_change(measure, of)
    if measure.counts in {"councils_decided", "councils_complete", "councils_awaited"}:
        return _of_councils(measure, of)
    if measure.possible:
        undecided = of.councils.opened - of.councils.decided
        return _controlled(measure.party, of) + undecided if of.councils.opened else None
    if measure.counts == "councils":
        return _controlled(measure.party, of) if of.councils.decided else None
    return _control_change(measure, of)


def number_of_council(measure: Measure, entry: CouncilEntry | None) -> int | None:
    """Returns what one council counts for; None if it does not count, and without a council."""
    if entry is None or not is_counted_in(measure, entry.parts):
        return None
    return number(measure, entry.sum)


def is_counted_in(measure: Measure, parts: tuple[Part, ...]) -> bool:
    """Returns whether a council that is in some parts is in that of a measure.

    A council whose place nobody knows may be there; so it is, if the number is of what may be.
    """
    if measure.part in parts:
        return True
    return measure.possible and all(part.kind != measure.part.kind for part in parts)


def _seats_change(measure: Measure, of: PartSum) -> int | None:
    party = of.parties.get(measure.party, NOTHING_OF_PARTY)
    if measure.baseline == "eve_of_poll":
        return party.change_eve_of_poll if party.change_eve_of_poll_covers else None
    return party.change_last_election if party.change_last_election_covers else None


def _of_councils(measure: Measure, of: PartSum) -> int | None:
    councils = of.councils
    if measure.counts == "councils_decided":
        return councils.decided or None
    if measure.counts == "councils_complete":
        return councils.complete or None
    return councils.opened - councils.complete if councils.opened else None


def _controlled(party: str, of: PartSum) -> int:
    return sum(councils for (_, now), councils in of.control.items() if now == party)


def _control_change(measure: Measure, of: PartSum) -> int | None:
    """Returns councils gained, lost, or the one less the other, where control before is known."""
    known = gained = lost = 0
    for (before, now), councils in of.control.items():
        if before is None:
            continue
        known += councils
        if before != now:
            gained += councils if now == measure.party else 0
            lost += councils if before == measure.party else 0
    if not known:
        return None
    if measure.counts == "councils_change":
        return gained - lost
    return gained if measure.counts == "councils_gained" else lost
