"""Party labels that stand for several parties at once."""

from __future__ import annotations

import re
from typing import Final

_BETWEEN: Final = re.compile(r"[/|]")

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

    `Independent / Other` does, too: one of its parts says so.

    Seats under such a label are counted as if it were one party.
    """
    parts = (part.strip(" .").casefold() for part in _BETWEEN.split(party))
    return not party_id and any(part in _SEVERAL for part in parts)
