"""Parties: the keys that seats are counted under, and the wires' abbreviations."""

from __future__ import annotations

NOC = "NOC"
"""No overall control."""

INDEPENDENT = "ynmp-party:2"
"""Democracy Club's id for candidates who stand as Independent."""

OTHERS = "Others"
"""What sources call the parties of which they name none, and what is added up is called here."""

CONSERVATIVE = "PP52"
LABOUR = "PP53"
LIBERAL_DEMOCRATS = "PP90"

LABOUR_AND_COOPERATIVE = "joint-party:53-119"
"""Democracy Club's id for candidates of Labour and of the Co-operative Party together."""

# Labour and Co-operative Party candidates take the Labour whip and are counted as Labour.
_COUNTED_AS = {LABOUR_AND_COOPERATIVE: LABOUR}


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


# The wires' own abbreviations of the parties that hold seats on more councils than one; any other
# party is named by its label.
_WIRE = {
    CONSERVATIVE: "CON",
    LABOUR: "LAB",
    LIBERAL_DEMOCRATS: "LD",
    "PP39": "SF",
    "PP51": "CON",
    "PP55": "SDLP",
    "PP63": "GREEN",
    "PP70": "DUP",
    "PP77": "PC",
    "PP83": "UUP",
    "PP85": "UKIP",
    "PP102": "SNP",
    "PP103": "ALLIANCE",
    "PP106": "BNP",
    "PP130": "GREEN",
    "PP243": "SDP",
    "PP305": "GREEN",
    "PP680": "TUV",
    "PP773": "PBP",
    "PP804": "TUSC",
    "PP7931": "REFORM",
    INDEPENDENT: "IND",
    NOC: NOC,
}


def wire_name(key: str, label: str) -> str:
    """Returns the wires' abbreviation of a party, or its label if they have none."""
    return _WIRE.get(key, label or key)
