"""Certainty: what is sure of a council's control before the last ward declares."""

from __future__ import annotations

from typing import NamedTuple

from election.council import Council
from election.majority import majority, may_control
from schemas.party import NOC, party_key


class Range(NamedTuple):
    """A party's seats: not up, won so far, and the most and fewest it can end with."""

    not_up: int
    won: int
    best: int
    least: int

    @property
    def held(self) -> int:
        """Seats not up and won so far."""
        return self.not_up + self.won


def stands_as_a_whole(council: Council) -> bool:
    """Tells whether a `council.declared` speaks: it does until every listed ward has declared."""
    if council.declared is None or council.opened is None or council.tally is None:
        return False
    if sum(party.seats for party in council.declared.seats) > council.opened.seats_total:
        return False
    return not council.tally.wards or council.tally.decided < council.tally.wards


def ranges(council: Council) -> dict[str, Range]:
    """Returns every party's range; empty until the council is opened."""
    if council.opened is None or council.tally is None:
        return {}
    tally = council.tally
    if stands_as_a_whole(council):
        return _whole(council)
    loose = max(0, council.opened.seats_total - tally.seats - tally.not_up)
    found = {}
    for party, line in tally.lines.items():
        held = line.not_up + line.won
        best = held + line.reach + tally.anyones + (loose if party in tally.unknown else 0)
        found[party] = Range(line.not_up, line.won, best, held + line.forced)
    return found


def _whole(council: Council) -> dict[str, Range]:
    assert council.declared is not None  # noqa: S101 - the caller has asked
    assert council.tally is not None  # noqa: S101 - the caller has asked
    found = dict.fromkeys(council.tally.lines, Range(0, 0, 0, 0))
    for party in council.declared.seats:
        key = party_key(party.party_id, party.party)
        line = council.tally.lines.get(key)
        not_up = min(line.not_up if line else 0, party.seats)
        if party.seats_won is not None:
            not_up = max(0, party.seats - party.seats_won)
        before = found.get(key, Range(0, 0, 0, 0))
        seats = before.held + party.seats
        found[key] = Range(before.not_up + not_up, before.won + party.seats - not_up, seats, seats)
    return found


def certain_control(council: Council) -> str | None:
    """Returns the control that every way the open wards can fall agrees on, or None.

    A win is certain when the fewest seats a party can end with are a majority; no overall
    control is, when no party that may control can still reach one, one that nobody has listed
    included.
    """
    if council.opened is None or council.tally is None:
        return None
    needed = majority(council.opened.seats_total)
    marked = council.opened.independents_as_party
    reached = False
    for party, seats in ranges(council).items():
        if seats.best < needed or not may_control(party, independents_as_party=marked):
            continue
        if seats.least >= needed:
            return party
        reached = True
    if not stands_as_a_whole(council) and council.tally.anyones >= needed:
        reached = True
    return None if reached else NOC


def control_before(council: Council) -> str | None:
    """Returns the given control on the eve of poll, None where unknown."""
    if council.opened is None or council.opened.control_before is None:
        return None
    return party_key(council.opened.control_before, "")


def incumbent_out(council: Council) -> bool:
    """Tells whether the party in control before can no longer reach a majority.

    That may be certain before its successor is known. Never so where the prior is unknown or
    no overall control.
    """
    before = control_before(council)
    if council.opened is None or council.tally is None or before is None or before == NOC:
        return False
    found = ranges(council).get(before)
    best = council.tally.anyones if found is None else found.best
    if found is None and stands_as_a_whole(council):
        best = 0
    return best < majority(council.opened.seats_total)
