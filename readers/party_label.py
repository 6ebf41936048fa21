"""Party labels that stand for several parties at once, or for none."""

from __future__ import annotations

NO_DESCRIPTION = "No description"
"""The label of a candidate whose party is blank."""

_SEVERAL_OR_NONE = frozenset(
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
    """Returns whether a label without an id, such as OTH, stands for several parties.

    Seats under such a label are counted as if it were one party.
    """
    return not party_id and party.strip(" .").casefold() in _SEVERAL_OR_NONE
