"""Spellings of names: folded, so that one name written in two ways is one text. No I/O."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import combinations
from typing import Final

QUERY_CHARS_MAX: Final = 100
"""The longest text that is searched for; the longest name of a ward has some 60 characters."""

WORDS_MAX: Final = 8
"""Words of a query that are looked at, more than any name of a council has."""

ONE_TYPO_FROM_LETTERS: Final = 4
"""Words of so many letters are also found with one letter wrong; in shorter ones, one wrong letter
is another word."""

TWO_TYPOS_FROM_LETTERS: Final = 9
"""Words of so many letters are also found with two letters wrong, such as `Northumberland`."""

INDEXED_LETTERS_MAX: Final = 12
"""Longer words are found with a letter wrong only within their first letters, so that what is kept
for a word is bounded: 79 texts."""

_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d"})
"""Letters that Unicode does not take apart into a plain letter and a mark."""

_WORDS: Final = {"st": "saint", "sts": "saints", "&": "and"}
"""Two ways to write one word."""


def words(text: str) -> tuple[str, ...]:
    """Returns the words of a name or of a query, folded: `St. Anne's & Ŵern` is four.

    Case, accents, full stops, apostrophes and hyphens do not matter; `St` is `Saint`, `&` is
    `and`.
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    kept = []
    for sign in plain:
        if sign in "'’‘`´.":
            continue
        if sign.isalnum():
            kept.append(sign)
        elif sign in "&+":
            kept.append(" & ")
        elif not unicodedata.combining(sign):
            kept.append(" ")
    return tuple(_WORDS.get(word, word) for word in "".join(kept).replace("+", "&").split())


def query_words(text: str) -> tuple[str, ...]:
    """Returns the words of what a reader types, at most WORDS_MAX of QUERY_CHARS_MAX characters."""
    return words(text[:QUERY_CHARS_MAX])[:WORDS_MAX]


def typos_allowed(word: str) -> int:
    """Returns how many letters of a word may be wrong, from 0 to 2."""
    if any(sign.isdigit() for sign in word) or len(word) < ONE_TYPO_FROM_LETTERS:
        return 0
    return 1 if len(word) < TWO_TYPOS_FROM_LETTERS else 2


def shortened(word: str) -> Iterator[str]:
    """Yields a word and what is left of it without as many letters as may be wrong.

    Two words that differ by that many letters left out, added, changed or swapped have one of
    these in common.
    """
    beginning = word[:INDEXED_LETTERS_MAX]
    for left_out in range(typos_allowed(word) + 1):
        for places in combinations(range(len(beginning)), left_out):
            yield "".join(sign for at, sign in enumerate(beginning) if at not in places)


def distance(one: str, other: str) -> int:
    """Returns how many letters are left out, added, changed or swapped with the next one."""
    rows: list[list[int]] = [list(range(len(other) + 1))]
    for at, sign in enumerate(one, start=1):
        row = [at]
        for place, another in enumerate(other, start=1):
            best = min(rows[-1][place] + 1, row[-1] + 1, rows[-1][place - 1] + (sign != another))
            is_swapped = (
                at > 1 and place > 1 and sign == other[place - 2] and one[at - 2] == another
            )
            if is_swapped:
                best = min(best, rows[-2][place - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
