"""The colours of pictures: those of parties as their source has them, and of everything else."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Final

from schemas.party import NOC

PAPER: Final = "#fffdf8"
INK: Final = "#16130e"
SOFT: Final = "#5c564c"
ALARM: Final = "#ffd400"

OPEN: Final = PAPER
"""Seats and councils to come: as blank as the paper, inside their outline."""

NO_CONTROL: Final = "#45413a"

OTHERS: Final = ("#8a6d3b", "#6b7f8c", "#8c5a7a", "#5f7a4a")
"""Parties without a colour of their own, by turns, so that neighbours differ."""


@cache
def _colours() -> dict[str, str]:
    text = files("services.ticker").joinpath("data/parties.json").read_text(encoding="utf-8")
    return {party["party_id"]: party["colour"] for party in json.loads(text)["parties"]}


def colour_of(key: str, place: int = 0) -> str:
    """Returns the colour of a party or of no overall control, such as `#0087DC`.

    A party that has none gets that of its place among those that have none.
    """
    if key == NOC:
        return NO_CONTROL
    return _colours().get(key, OTHERS[place % len(OTHERS)])
