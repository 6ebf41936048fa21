"""How a party is shown: its short name and its colour."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from schemas.party import NOC


@dataclass(frozen=True, slots=True)
class PartyStyle:
    """A party's short name, and the suffix of the CSS class that sets its colour."""

    short: str
    style: str


_UNDETERMINED: Final = PartyStyle("", "open")
_NO_OVERALL_CONTROL: Final = PartyStyle("NOC", "noc")


@cache
def _styles() -> dict[str, PartyStyle]:
    text = files("services.ticker").joinpath("data/parties.json").read_text(encoding="utf-8")
    return {
        party["party_id"]: PartyStyle(party["short"], party["style"])
        for party in json.loads(text)["parties"]
    }


def party_style(key: str | None, name: str = "") -> PartyStyle:
    """Returns how a party or control is shown; a party without its own colour is `other`.

    `key` is a party key, `NOC`, or None for undetermined; `name` is the party's name, used if
    it has no short name.
    """
    if key is None:
        return _UNDETERMINED
    if key == NOC:
        return _NO_OVERALL_CONTROL
    return _styles().get(key) or PartyStyle(name or key, "other")
