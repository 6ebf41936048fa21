"""How a party is shown: its short name and its colour class."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from schemas.party import NOC


@dataclass(frozen=True, slots=True)
class PartyStyle:
    """A party's short name and the CSS class that carries its colour."""

    short: str
    style: str


_UNDETERMINED = PartyStyle("", "open")
_NOC = PartyStyle("NOC", "noc")


@cache
def _known() -> dict[str, PartyStyle]:
    text = files("services.ticker").joinpath("data/parties.json").read_text(encoding="utf-8")
    return {
        party["party_id"]: PartyStyle(party["short"], party["style"])
        for party in json.loads(text)["parties"]
    }


def party_style(key: str | None, name: str = "") -> PartyStyle:
    """Returns how a party or control is shown; any party without a colour of its own is `other`.

    `key` is a party key, `NOC`, or None for undetermined; `name` is the party's label.
    """
    if key is None:
        return _UNDETERMINED
    if key == NOC:
        return _NOC
    return _known().get(key) or PartyStyle(name or key, "other")
