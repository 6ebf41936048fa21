"""How a party is shown: its short name and its colour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from schemas.party import NOC
from services.ticker.pages.known_parties import known_parties


@dataclass(frozen=True, slots=True)
class PartyStyle:
    """A party's short name, and the suffix of the CSS class that sets its colour.

    `letter` tells a local party from others that are shown with it; see `styles_among`.
    """

    short: str
    style: str
    letter: str = ""


LOCAL_STYLE: Final = "other"
"""The style of every party that has none of its own."""

_UNDETERMINED: Final = PartyStyle("", "open")
_NO_OVERALL_CONTROL: Final = PartyStyle("NOC", "noc")


@cache
def _styles() -> dict[str, PartyStyle]:
    return {key: PartyStyle(party.short, party.style) for key, party in known_parties().items()}


def styles() -> frozenset[str]:
    """Returns every style that a party or a control which is known can have."""
    every = {each.style for each in _styles().values()}
    return frozenset({*every, LOCAL_STYLE, _NO_OVERALL_CONTROL.style})


def party_style(key: str | None, name: str = "") -> PartyStyle:
    """Returns how a party or control is shown; a party without its own colour is `other`.

    `key` is a party key, `NOC`, or None for what is not determined yet; `name` is the party's name,
    used if it has no short name. An empty key is a party of which only the name is known.
    """
    if key is None:
        return _UNDETERMINED
    if key == NOC:
        return _NO_OVERALL_CONTROL
    return _styles().get(key) or PartyStyle(name or key, LOCAL_STYLE)


def party_in_a_sentence(key: str, name: str) -> str:
    """Returns a party's name for a headline, `Liberal Democrats`, with a verb in the plural.

    `key` and `name` are as for `party_style`.
    """
    party = known_parties().get(key)
    return (party.in_a_sentence or party.name) if party else name or key
