"""Certainty: what is sure of a council's control before its last ward declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from election.rules.majority import counted_under, may_control
from election.rules.tally import Line, Tally
from schemas.council_result import CouncilDeclared
from schemas.party import NOC


class Range(NamedTuple):
    """A party's seats: not up, won so far, and the most and fewest it can end with."""

    not_up: int
    won: int
    best: int
    least: int

    @property
    def held(self) -> int:
        """Seats not up, and won so far."""
        return self.not_up + self.won


_NOBODY = Range(0, 0, 0, 0)


def ranges(tally: Tally, seats_total: int, unlisted: int = 0) -> dict[str, Range]:
    """Returns how many seats every party holds, can reach and cannot lose.

    `best` adds to what a party holds the most it can win in each open ward, `least` what
    nominations alone force on it. Seats that are neither up nor known to be anybody's may be
    those of the parties whose seats not up nobody has stated. `unlisted` seats are open without
    a ward, for anyone to win.
    """
    loose = seats_total - tally.seats - tally.not_up
    found = {}
    for party, (not_up, won, most, fewest, _) in tally.lines.items():
        held = not_up + won
        best = held + most + tally.anyones + unlisted
        if party in tally.unknown:
            best += loose - unlisted
        found[party] = Range(not_up, won, best, held + fewest)
    return found


def whole_ranges(declared: CouncilDeclared, lines: Mapping[str, Line]) -> dict[str, Range]:
    """Returns the ranges of a council that was declared as a whole: nothing is open."""
    found = dict.fromkeys(lines, _NOBODY)
    for party in declared.seats:
        key = counted_under(party.party_id)
        held_over = lines[key].not_up if key in lines else 0
        won = max(0, party.seats - held_over) if party.seats_won is None else party.seats_won
        won = min(won, party.seats)
        so_far = found.get(key, _NOBODY)
        seats = so_far.best + party.seats
        found[key] = Range(so_far.not_up + party.seats - won, so_far.won + won, seats, seats)
    return found


def whole_result(
    declared: CouncilDeclared | None, tally: Tally, seats_total: int
) -> CouncilDeclared | None:
    """Returns a council's result as a whole while it speaks: until every listed ward declares.

    None where there is none, where the wards speak, and where it has more seats than there are.
    """
    if declared is None or 0 < tally.wards == tally.decided:
        return None
    seats = sum(party.seats for party in declared.seats)
    return declared if seats <= seats_total else None


def filled_seats(tally: Tally, parties: Mapping[str, Range], whole: CouncilDeclared | None) -> int:
    """Returns the seats filled at this poll so far."""
    return tally.filled if whole is None else sum(seats.won for seats in parties.values())


def vacant_seats(
    tally: Tally,
    parties: Mapping[str, Range],
    whole: CouncilDeclared | None,
    seats_total: int,
) -> int:
    """Returns the seats that nobody holds and nobody can win at this poll.

    Seats that may be somebody's, because not all holdings are stated, are not called vacant.
    """
    if whole is None and tally.unknown:
        return tally.seats - tally.filled - tally.still_open
    still_open = 0 if whole else tally.still_open
    return seats_total - sum(seats.held for seats in parties.values()) - still_open


def contenders(
    parties: Mapping[str, Range], majority: int, *, independents_as_party: bool = False
) -> dict[str, Range]:
    """Returns the parties that may control and can still reach a majority."""
    return {
        party: seats
        for party, seats in parties.items()
        if seats.best >= majority
        and may_control(party, independents_as_party=independents_as_party)
    }


def certain_control(able: Mapping[str, Range], majority: int, *, anyones: int) -> str | None:
    """Returns the control that every way the open wards can fall agrees on, or None.

    A win is certain when the fewest seats that one of the contenders (`able`) can end with are a
    majority. No overall control is certain when there is no contender; `anyones` seats can also
    all go to a party that nobody has listed.
    """
    for party, seats in able.items():
        if seats.least >= majority:
            return party
    return None if able or anyones >= majority else NOC


def incumbent_out(
    before: str | None, parties: Mapping[str, Range], majority: int, *, anyones: int
) -> bool:
    """Tells whether the party in control before can no longer reach a majority.

    That may be certain before its successor is known. Never so where the control before is
    unknown or no overall control.
    """
    if before is None or before == NOC:
        return False
    best = parties[before].best if before in parties else anyones
    return best < majority


def still_needed(seats: Range, majority: int) -> int:
    """Returns the seats that a contender still needs for a majority."""
    return max(0, majority - seats.held)
