"""Parties: the keys that seats are counted under, and the wires' abbreviations."""

from __future__ import annotations

NOC = "NOC"
"""No overall control."""

INDEPENDENT = "ynmp-party:2"
"""Democracy Club's id for candidates who stand as Independent."""

CONSERVATIVE = "PP52"
LABOUR = "PP53"
LIBERAL_DEMOCRATS = "PP90"

# Labour and Co-operative Party candidates take the Labour whip and are counted as Labour.
_COUNTED_AS = {"joint-party:53-119": LABOUR}


def party_key(party_id: str, party: str) -> str:
    """Returns the key that a party's seats are counted under.

    That is its Electoral Commission id (`PP52`), with `joint-party:53-119` counted as
    `PP53`; a party without an id is known by its label. Raises ValueError if both are
    empty.
    """
    if party_id:
        return _COUNTED_AS.get(party_id, party_id)
    if party.casefold() in {"independent", "independents"}:
        return INDEPENDENT
    if not party:
        raise ValueError("party_id and party are both empty; give at least one of them")
    return party


# The wires' own abbreviations; any other party is named by its label.
_WIRE = {
    CONSERVATIVE: "CON",
    LABOUR: "LAB",
    LIBERAL_DEMOCRATS: "LD",
    "PP63": "GREEN",
    "PP77": "PC",
    "PP85": "UKIP",
    "PP102": "SNP",
    INDEPENDENT: "IND",
    NOC: NOC,
}


def wire_name(key: str, label: str) -> str:
    """Returns the wires' abbreviation of a party, or its label if they have none."""
    return _WIRE.get(key, label or key)
