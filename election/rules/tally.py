"""Tally: a council's seats by party, updated ward by ward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from election.rules.contribution import NOT_STANDING, Contribution, PartyContribution
from election.rules.majority import counted_under
from schemas.council import PartyStanding


class PartyTally(NamedTuple):
    """One party: its seats not up and won, and the open seats that it can win.

    `most` and `fewest` are the open seats at most and at least. `stood` counts the wards in
    which the party stands, plus one if the standing lists it.
    """

    not_up: int = 0
    won: int = 0
    most: int = 0
    fewest: int = 0
    stood: int = 0


class Tally(NamedTuple):
    """A council's parties, and the sums of its wards' contributions.

    The numbers after `not_up` are those of `Contribution`, in the same order.
    """

    parties: Mapping[str, PartyTally]
    not_up: int
    wards: int = 0
    decided: int = 0
    awaited: int = 0
    seats: int = 0
    filled: int = 0
    still_open: int = 0
    open_to_any: int = 0


_NOBODY = PartyTally()


def opened_tally(standing: Iterable[PartyStanding]) -> Tally:
    """Returns the tally of a council before its first ward: the seats that are not up.

    Seats whose number is not stated are nobody's yet: the council's count has them as open.
    """
    parties: dict[str, PartyTally] = {}
    for party in standing:
        key = counted_under(party.party_id)
        not_up = parties.get(key, _NOBODY).not_up + (party.seats_not_up or 0)
        parties[key] = PartyTally(not_up=not_up, stood=1)
    return Tally(parties, sum(party.not_up for party in parties.values()))


def replaced(tally: Tally, old: Contribution, new: Contribution) -> Tally:
    """Returns the tally with one ward's contribution replaced.

    The cost does not grow with the number of wards.
    """
    parties = dict(tally.parties)
    for party, now in new.parties.items():
        before = old.parties.get(party, NOT_STANDING)
        if now != before:
            parties[party] = _updated(parties.get(party, _NOBODY), before, now)
    for party, before in old.parties.items():
        if party not in new.parties:
            updated = _updated(parties[party], before, NOT_STANDING)
            if updated.stood:
                parties[party] = updated
            else:
                del parties[party]
    return Tally(
        parties,
        tally.not_up,
        tally.wards - old.wards + new.wards,
        tally.decided - old.decided + new.decided,
        tally.awaited - old.awaited + new.awaited,
        tally.seats - old.seats + new.seats,
        tally.filled - old.filled + new.filled,
        tally.still_open - old.still_open + new.still_open,
        tally.open_to_any - old.open_to_any + new.open_to_any,
    )


def add_up(tally: Tally, contributions: Iterable[Contribution]) -> Tally:
    """Returns the tally with the contributions of wards added."""
    parties = {party: [*numbers] for party, numbers in tally.parties.items()}
    sums = [*tally[2:]]
    for contribution in contributions:
        for party, added in contribution.parties.items():
            numbers = parties.get(party)
            if numbers is None:
                numbers = parties[party] = [*_NOBODY]
            numbers[1] += added.won
            numbers[2] += added.most
            numbers[3] += added.fewest
            numbers[4] += added.stood
        sums = [so_far + more for so_far, more in zip(sums, contribution[1:], strict=True)]
    return Tally(
        {party: PartyTally(*numbers) for party, numbers in parties.items()},
        tally.not_up,
        *sums,
    )


def _updated(party: PartyTally, old: PartyContribution, new: PartyContribution) -> PartyTally:
    not_up, won, most, fewest, stood = party
    won_before, most_before, fewest_before, stood_before = old
    won_now, most_now, fewest_now, stood_now = new
    return PartyTally(
        not_up,
        won - won_before + won_now,
        most - most_before + most_now,
        fewest - fewest_before + fewest_now,
        stood - stood_before + stood_now,
    )
