"""Labels that stand for several parties at once, or for none."""

from __future__ import annotations

NO_DESCRIPTION = "No description"
"""The label of a candidate whose party is blank."""

_LUMPS = frozenset(
    {
        "oth",
        "other",
        "others",
        "all others",
        "other parties",
        "other party",
        "minor parties",
        "no description",
        "no party",
        "no party stated",
        "none",
        "unknown",
        "various",
    }
)


def lumps_parties(party_id: str, party: str) -> bool:
    """Tells whether a label without an id lumps parties together, such as OTH.

    Their seats are counted under the label as if it were one party, which it is not.
    """
    return not party_id and party.strip(" .").casefold() in _LUMPS
