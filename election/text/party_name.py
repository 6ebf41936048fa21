"""Parties as a sentence names them: `Labour`, where the wires print `LAB`."""

from __future__ import annotations

from schemas.party import CONSERVATIVE, INDEPENDENT, LABOUR, LIBERAL_DEMOCRATS, NOC

_NAMES = {
    CONSERVATIVE: "Conservatives",
    LABOUR: "Labour",
    LIBERAL_DEMOCRATS: "Liberal Democrats",
    "PP39": "Sinn Féin",
    "PP63": "Greens",
    "PP77": "Plaid Cymru",
    "PP85": "UKIP",
    "PP102": "SNP",
    "PP130": "Scottish Greens",
    "PP7931": "Reform UK",
    INDEPENDENT: "Independents",
    NOC: "No overall control",
}
"""Names that differ from those on the ballot paper; any other party is named as it is there."""


def party_name(key: str, label: str) -> str:
    """Returns a party's name for a sentence, with a verb in the plural: `Labour reach …`."""
    return _NAMES.get(key, label or key)
