"""Columns: how a ward's seats were last fought, as a snapshot stores it."""

from __future__ import annotations

from datetime import date
from typing import Any

from schemas.previous import Previous, PreviousParty, PreviousPoll


def previous_columns(previous: Previous) -> list[Any]:
    """Returns whether boundaries are the same, and each earlier poll without names of fields."""
    return [
        previous.same_boundaries,
        [
            [
                poll.last_fought.isoformat(),
                poll.turnout_percentage,
                [[each.party_id, each.party, each.votes, each.seats] for each in poll.parties],
            ]
            for poll in previous.polls
        ],
    ]


def read_previous(stored: list[Any]) -> Previous:
    """Returns what `previous_columns` wrote, which was valid when it was stored."""
    same_boundaries, polls = stored
    return Previous(
        same_boundaries=same_boundaries,
        polls=tuple(
            PreviousPoll(
                last_fought=date.fromisoformat(day),
                turnout_percentage=turnout,
                parties=tuple(
                    PreviousParty(party_id=party_id, party=party, votes=votes, seats=seats)
                    for party_id, party, votes, seats in parties
                ),
            )
            for day, turnout, parties in polls
        ),
    )
