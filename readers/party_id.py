"""The ids of parties, in every form in which they are written."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from schemas.party import INDEPENDENT, LABOUR_AND_COOPERATIVE

_CACHE_ENTRIES: Final = 8_192
"""Some 400 parties stand on a UK night under a few spellings each; the limit keeps rubbish out."""

_NONE: Final = frozenset({"", "-", "–", "—", "0", "null", "none", "nan", "n/a"})
# Democracy Club writes 53-119; the register's order of the two does not matter.
_JOINT: Final = re.compile(
    r"(?:^|[/=])(?:joint[-_ ]?(?:party)?[-:_ ]?)?(?:pp)?(?:53-(?:pp)?119|119-(?:pp)?53)$"
)
_INDEPENDENT: Final = re.compile(r"(?:^|[/=])ynmp[-_ ](?:party:|party/|pp)0*2$")
_OTHER_SCHEME: Final = re.compile(r"^(ynmp-party|joint-party):([a-z0-9-]+)$")
# The number may stand alone, or at the end of an address of the register or of Democracy Club.
_NUMBER: Final = re.compile(
    r"(?:^|[/=:#])(?:(?:party|ec|electoral-commission)[:/ ])?(pp?m?|party:) ?[-_]?0*(\d{1,7})$"
)
_REGISTERED: Final = re.compile(r"^(?:PPm?|P|EP)[1-9]\d*$|^[a-z-]+:[a-z0-9-]+$")


@lru_cache(maxsize=_CACHE_ENTRIES)
def canonical_party_id(written: str) -> str:
    """Returns an id as the register and Democracy Club write it now, or blank for none.

    `pp52`, `PP 52`, `party:52` and addresses that end in one of them are `PP52`;
    `joint-PP53-119` is `joint-party:53-119`; `ynmp-PP2` is `ynmp-party:2`. What has none of
    these forms is returned as it is. The canonical form of a canonical form is itself.
    """
    given = written.strip()
    if given.casefold() in _NONE:
        return ""
    # An address may end in a slash, a question or an anchor.
    lower = re.split(r"[?#]", given.casefold())[0].rstrip("/").strip()
    if _JOINT.search(lower):
        return LABOUR_AND_COOPERATIVE
    if _INDEPENDENT.search(lower):
        return INDEPENDENT
    if _OTHER_SCHEME.match(lower):
        return lower
    found = _NUMBER.search(lower)
    if found is None:
        return given
    prefix = {"ppm": "PPm", "p": "P", "pm": "Pm"}.get(found[1], "PP")
    return f"{prefix}{found[2]}"


def is_party_id(text: str) -> bool:
    """Returns whether a text has the form of an id, such as `PP52` or `ynmp-party:2`."""
    return _REGISTERED.match(text) is not None
