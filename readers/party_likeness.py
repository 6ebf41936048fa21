"""Which labels look like another party's name: spelt wrongly, shortened, or with a place in it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from schemas.spelling import compared

_CACHE_ENTRIES: Final = 16_384
"""Pairs of words. A night has some hundred labels that are in no register; rubbish is dropped."""

_ALIKE: Final = 0.8
"""How much of two words is the same if one is the other spelt wrongly, from 0 to 1."""

_LETTERS_MIN: Final = 5
"""Shorter words differ from too many others in one letter."""

# Words that parties of any kind have in their names.
_COMMON: Final = frozenset(
    word
    for line in (
        "a action alliance and association british candidate club community council councillor",
        "county cymru democrat democratiaid democratic district england english first for",
        "forum great group in independence independent local london movement national network",
        "of our party pc people plaid residents save scottish social society team the town uk",
        "union unionist united unity village voice wales ward welsh y your",
    )
    for word in line.split()
)


def alike(label: str, names: Iterable[str]) -> bool:
    """Returns whether a label could mean the party with these names.

    It could if it shares a telling word with one of them, perhaps misspelt; if it has all words of
    a name without telling ones; if it is one of them misspelt; or if one is the other's initials.
    """
    plain = compared(label)
    return any(_alike(plain, compared(name)) for name in names)


def misspelt(label: str, names: Iterable[str]) -> bool:
    """Returns whether a label is one of the names as a whole, spelt wrongly."""
    plain = compared(label)
    return any(_wholly_misspelt(plain, compared(name)) for name in names)


def shares_a_word(label: str, names: Iterable[str]) -> bool:
    """Returns whether a label has any word, or the initials, of one of the names."""
    words = _words(compared(label))
    return any(
        words & _words(compared(name)) or _initials(compared(label), compared(name))
        for name in names
    )


@lru_cache(maxsize=_CACHE_ENTRIES)
def _alike(label: str, name: str) -> bool:
    if not label or not name:
        return False
    telling, of_name = _telling(label), _telling(name)
    if any(_misspelt(one, other) for one in telling for other in of_name):
        return True
    if not of_name and _words(name) <= _words(label):
        return True
    return _wholly_misspelt(label, name) or _initials(label, name)


def _telling(plain: str) -> frozenset[str]:
    """Returns the words of a compared name that not any party could have."""
    words = plain.split()
    return frozenset(w for w in words if not {w, w.removesuffix("s")} & _COMMON)


def _wholly_misspelt(one: str, other: str) -> bool:
    """Returns whether two names have as many words, each the same or the other's misspelt."""
    words, others = one.split(), other.split()
    return len(words) == len(others) and all(map(_misspelt, words, others))


def _words(plain: str) -> frozenset[str]:
    """Returns the words of a compared name, each without the s of a plural, and as it stands."""
    words = plain.split()
    return frozenset(words) | frozenset(word.removesuffix("s") for word in words)


def _misspelt(one: str, other: str) -> bool:
    if one == other:
        return True
    shorter, both = min(len(one), len(other)), len(one) + len(other)
    if shorter < _LETTERS_MIN or 2 * shorter < _ALIKE * both:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


def _initials(one: str, other: str) -> bool:
    """Returns whether one of two names is the initials of the other, as ai or a i."""
    return _are_initials(one, other) or _are_initials(other, one)


def _are_initials(short: str, long: str) -> bool:
    words = [word for word in long.split() if word not in {"and", "of", "the", "for"}]
    return len(words) > 1 and short.replace(" ", "") == "".join(word[0] for word in words)
