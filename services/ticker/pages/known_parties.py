"""The parties that have a name, a short name and a colour of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Party:
    """A party of `data/parties.json`, by Democracy Club's id.

    `short` is its short name, `style` the suffix of the CSS class that sets its colour on pages,
    and `colour` that of its source, such as `#E4003B`. `in_a_sentence` is what it is called with a
    verb in the plural; blank if that is its name.
    """

    party_id: str
    name: str
    short: str
    style: str
    colour: str
    in_a_sentence: str = ""


@cache
def known_parties() -> dict[str, Party]:
    """Returns the parties by id, in the order of the file."""
    return {party["party_id"]: Party(**party) for party in _read()["parties"]}


def source_of_parties() -> str:
    """Returns where the names and colours are from, in a sentence."""
    source: str = _read()["source"]
    return source


@cache
def _read() -> dict[str, Any]:
    text = files("services.ticker").joinpath("data/parties.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read
