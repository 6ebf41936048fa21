"""What changes the order of a list: the elements that move, and not those that stay."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

Move = tuple[str, str | None]
"""An element's id, and that of the one it is put after: blank for the first place, None if it
leaves the list."""


def moves(before: Sequence[str], after: Sequence[str]) -> list[Move]:
    """Returns what makes one order of ids into another, each move made after those before it.

    No id may stand twice in an order.
    """
    stays: set[str] = set()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for start, _, length in matcher.get_matching_blocks():
        stays.update(before[start : start + length])
    wanted = set(after)
    made: list[Move] = [(each, None) for each in before if each not in wanted]
    follows = ""
    for each in after:
        if each not in stays:
            made.append((each, follows))
        follows = each
    return made


def moved(order: Sequence[str], made: Sequence[Move]) -> list[str]:
    """Returns an order after moves, as the pages' script makes them."""
    ids = list(order)
    for each, follows in made:
        if each in ids:
            ids.remove(each)
        if follows is not None:
            ids.insert(ids.index(follows) + 1 if follows else 0, each)
    return ids
