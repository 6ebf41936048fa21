"""The colours of pictures: those of parties as their source has them, and of everything else."""

from __future__ import annotations

from typing import Final

from schemas.party import NOC
from services.ticker.pages.known_parties import known_parties

PAPER: Final = "#fffdf8"
INK: Final = "#16130e"
SOFT: Final = "#5c564c"
ALARM: Final = "#ffd400"

OPEN: Final = PAPER
"""Seats and councils to come: as blank as the paper, inside their outline."""

NO_CONTROL: Final = "#45413a"

OTHERS: Final = ("#8a6d3b", "#6b7f8c", "#8c5a7a", "#5f7a4a")
"""Parties without a colour of their own, by turns, so that neighbours differ."""


def colour_of(key: str, place: int = 0) -> str:
    """Returns the colour of a party or of no overall control, such as `#0087DC`.

    A party that has none gets that of its place among those that have none.
    """
    if key == NOC:
        return NO_CONTROL
    party = known_parties().get(key)
    return party.colour if party is not None else OTHERS[place % len(OTHERS)]
