"""Party labels that stand for several parties at once."""

from __future__ import annotations

_SEVERAL = frozenset(
    {
        "oth",
        "other",
        "others",
        "all others",
        "other parties",
        "other party",
        "minor parties",
        "unknown",
        "various",
    }
)


def lumps_parties(party_id: str, party: str) -> bool:
    """Returns whether a label without an id, such as OTH, stands for several parties.

    Seats under such a label are counted as if it were one party.
    """
    return not party_id and party.strip(" .").casefold() in _SEVERAL
