"""The register of local authorities: where a council is and of what kind, by its GSS code.

Made of mySociety's facts in `readers/data/`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Final, NamedTuple

_NATIONS: Final = {"E": "England", "N": "Northern Ireland", "S": "Scotland", "W": "Wales"}
"""The first letter of a GSS code is the nation's, also of a code that is newer than the table."""


class Place(NamedTuple):
    """Where a council is, and what kind of local authority; blank is unknown.

    `region` is one of England's nine, or the nation; `authority_type` is as mySociety's register
    has it, such as `London borough` or `Unitary authority`.
    """

    nation: str
    region: str
    authority_type: str


def place(council_gss: str) -> Place:
    """Returns the place of a council by its GSS code, whether it has that code now or once had it.

    Of a code that the register does not have only the nation is known, and of none nothing.
    """
    known = _shipped().get(council_gss)
    return known or Place(_NATIONS.get(council_gss[:1], ""), "", "")


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Place]:
    """Returns the table as the package has it."""
    table = resources.files("readers").joinpath("data", "local_authorities.csv")
    return {
        row["council_gss"]: Place(row["nation"], row["region"], row["authority_type"])
        for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    }
