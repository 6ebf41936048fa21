"""Certainty: what is certain about a council's control before its last ward declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from election.rules.majority import counted_under, may_control
from election.rules.tally import PartyTally, Tally
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
        """Seats not up and won so far."""
        return self.not_up + self.won


def ranges(tally: Tally, unaccounted: int = 0) -> dict[str, Range]:
    """Returns how many seats every party holds, can reach and cannot lose.

    `best` adds to the seats held the most that the party can win in each open ward, and `least`
    what nominations alone force on it. `unaccounted` seats are open without a ward: anybody may
    have them.
    """
    found = {}
    for party, (not_up, won, most, fewest, _) in tally.parties.items():
        held = not_up + won
        best = held + most + tally.open_to_any + unaccounted
        found[party] = Range(not_up, won, best, held + fewest)
    return found


def unaccounted_seats(tally: Tally, seats_total: int, vacant: int | None) -> int:
    """Returns the seats that nobody accounts for: neither up, nor held over, nor said vacant.

    They are open. A seat is vacant only if somebody says so (rule 2).
    """
    return max(0, seats_total - tally.seats - tally.not_up - (vacant or 0))


def council_result_ranges(
    declared: CouncilDeclared, parties: Mapping[str, PartyTally], still_open: int = 0
) -> dict[str, Range]:
    """Returns the ranges of a council that was declared as a whole.

    `still_open` are the seats that a running score leaves open, for anyone to win.
    """
    found = dict.fromkeys(parties, Range(0, 0, still_open, 0))
    for party in declared.seats:
        key = counted_under(party.party_id)
        held_over = parties[key].not_up if key in parties else 0
        won = max(0, party.seats - held_over) if party.seats_won is None else party.seats_won
        won = min(won, party.seats)
        so_far = found.get(key, Range(0, 0, still_open, 0))
        found[key] = Range(
            so_far.not_up + party.seats - won,
            so_far.won + won,
            so_far.best + party.seats,
            so_far.least + party.seats,
        )
    return found


def is_final(declared: CouncilDeclared, seats_total: int, vacant: int | None) -> bool:
    """Returns whether a council's result as a whole is its result, and no running score.

    It is if it says so, or if it fills every seat that is not said to be vacant.
    """
    seats = sum(party.seats for party in declared.seats)
    return declared.final or seats >= seats_total - (vacant or 0)


def council_result_in_force(
    declared: CouncilDeclared | None, tally: Tally, seats_total: int, vacant: int | None
) -> CouncilDeclared | None:
    """Returns a council's result as a whole as long as it counts: until every ward has declared.

    None if there is no such result, if the wards count instead, and if it has more seats than
    the council. A running score counts only for a council without listed wards: it does not say
    which of them it is about.
    """
    if declared is None or 0 < tally.wards == tally.decided:
        return None
    seats = sum(party.seats for party in declared.seats)
    if seats > seats_total:
        return None
    return declared if not tally.wards or is_final(declared, seats_total, vacant) else None


def filled_seats(
    tally: Tally, parties: Mapping[str, Range], council_result: CouncilDeclared | None
) -> int:
    """Returns the seats filled at this poll so far."""
    if council_result is None:
        return tally.filled
    return sum(seats.won for seats in parties.values())


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


def certain_control(
    contenders: Mapping[str, Range], majority: int, *, open_to_any: int
) -> str | None:
    """Returns the control on which all possible results of the open wards agree, or None.

    A win is certain if the fewest seats that a contender can end with are a majority. No overall
    control is certain if there is no contender, and if the `open_to_any` seats, which can also
    all go to a party that nobody has listed, are no majority.
    """
    for party, seats in contenders.items():
        if seats.least >= majority:
            return party
    return None if contenders or open_to_any >= majority else NOC


def incumbent_out(
    control_before: str | None, parties: Mapping[str, Range], majority: int, *, open_to_any: int
) -> bool:
    """Returns whether the party in control before can no longer reach a majority.

    This may be certain before its successor is known. False if the control before is unknown or
    no overall control.
    """
    if control_before is None or control_before == NOC:
        return False
    best = parties[control_before].best if control_before in parties else open_to_any
    return best < majority


def still_needed(seats: Range, majority: int) -> int:
    """Returns the seats that a contender still needs for a majority."""
    return max(0, majority - seats.held)
