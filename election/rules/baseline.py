"""Baseline: what a change of seats is measured against.

There are two baselines: the eve of poll, with defections and by-elections, as the Press
Association counts; and the last election, notional if boundaries were redrawn, as the BBC counts.
The same result gives two changes, so every change is shown with its baseline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from election.rules.majority import counted_under
from schemas.council import PartyStanding

Baseline = Literal["seats_eve_of_poll", "seats_last_election"]


def seats_before(standing: Iterable[PartyStanding], baseline: Baseline) -> dict[str, int | None]:
    """Returns each listed party's seats at a baseline; None if they are not stated."""
    seats: dict[str, int | None] = {}
    for party in standing:
        key = counted_under(party.party_id)
        known, stated = seats.get(key, 0), getattr(party, baseline)
        seats[key] = None if known is None or stated is None else known + stated
    return seats


def seats_defended(standing: Iterable[PartyStanding], *, all_out: bool) -> dict[str, int | None]:
    """Returns each listed party's seats that are up and were its own on the eve of poll.

    None if either number is not stated, and if more are not up than it had. Where all seats are
    up, none is not up.
    """
    seats: dict[str, int | None] = {}
    for party in standing:
        key = counted_under(party.party_id)
        known, had = seats.get(key, 0), party.seats_eve_of_poll
        not_up = 0 if all_out and party.seats_not_up is None else party.seats_not_up
        if known is None or had is None or not_up is None or not_up > had:
            seats[key] = None
        else:
            seats[key] = known + had - not_up
    return seats


def of_unlisted(before: Mapping[str, int | None]) -> int | None:
    """Returns the seats before of a party that is not listed: none, if all the others' are known.

    None if they are not, or if no party is listed.
    """
    return 0 if before and None not in before.values() else None


def seat_changes(
    held: Mapping[str, int], before: Mapping[str, int | None]
) -> dict[str, int | None]:
    """Returns the seats that each party holds less those it had; None if those are not known.

    A party that is not listed had none, provided that the seats of every listed one are stated.
    """
    unlisted = of_unlisted(before)
    return {
        party: None if (had := before.get(party, unlisted)) is None else seats - had
        for party, seats in held.items()
    }


def only_defender(standing: Iterable[PartyStanding], seats_up: int) -> str | None:
    """Returns the party that held every seat that is up on the eve of poll.

    None if there are several, or if that is not known. Which party held the seats of one ward is
    known only then, as nobody says it ward by ward.
    """
    defended: dict[str, int] = {}
    for party in standing:
        if party.seats_eve_of_poll is None or party.seats_not_up is None:
            return None
        key = counted_under(party.party_id)
        seats = party.seats_eve_of_poll - party.seats_not_up
        defended[key] = defended.get(key, 0) + seats
    holders = [party for party, seats in defended.items() if seats]
    return holders[0] if len(holders) == 1 and defended[holders[0]] == seats_up else None
