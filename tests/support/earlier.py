"""How the seats of an invented ward were last fought: short functions for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from schemas.previous import Previous, PreviousParty, PreviousPoll

LAST_FOUGHT = date(2022, 5, 5)


def poll(
    parties: Mapping[str, tuple[int | None, int | None]],
    day: date = LAST_FOUGHT,
    turnout: float | None = None,
) -> PreviousPoll:
    """Returns an earlier poll with the votes and the seats of each party."""
    return PreviousPoll(
        last_fought=day,
        turnout_percentage=turnout,
        parties=tuple(
            PreviousParty(party_id=party, votes=votes, seats=seats)
            for party, (votes, seats) in parties.items()
        ),
    )


def before(*polls: PreviousPoll) -> Previous:
    """Returns a ward's earlier polls, on the same boundaries."""
    return Previous(same_boundaries=True, polls=polls)


def redrawn(day: date = LAST_FOUGHT) -> Previous:
    """Returns that a ward's boundaries have changed since it was last fought."""
    return Previous(same_boundaries=False, polls=(PreviousPoll(last_fought=day),))
