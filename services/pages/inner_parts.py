"""The parts of a fragment that can be replaced by themselves, such as the rows of a table."""

from __future__ import annotations

import re
from typing import Final

PART: Final = "<!--part-->"
"""Stands in a fragment before and after each of its parts. A part is one element with an id of its
own, which is its first attribute."""

_ID = re.compile(r'\s*<[a-z]+ id="([^"]+)"')


def changed_parts(before: str, after: str) -> dict[str, str] | None:
    """Returns the parts that differ between two states of a fragment, by id.

    None if something else differs too, or parts came or went: then the whole is to be sent.
    """
    old, new = before.split(PART), after.split(PART)
    # What comes before the first part has an id as well, but holds them all.
    if len(old) != len(new) or old[0] != new[0]:
        return None
    changed: dict[str, str] = {}
    for was, part in zip(old, new, strict=True):
        if was == part:
            continue
        found, earlier = _ID.match(part), _ID.match(was)
        if not found or not earlier or found[1] != earlier[1]:
            return None
        changed[found[1]] = part.strip()
    return changed
