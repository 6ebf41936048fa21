"""Names: whether two spellings are one person of a ballot."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

_CACHE_ENTRIES = 16_384
"""A large night has some 13,000 candidates, each with one or two spellings."""

_NOT_OF_A_NAME = re.compile(r"[^\w]+")
_TITLES = frozenset({"cllr", "councillor", "dr", "dame", "lady", "lord", "miss", "mr", "mrs", "ms"})

Person = tuple[str, str]
"""A name as it was given, blank if only the party was, and the key of the party."""


def matched(stated: Sequence[Person], known: Iterable[Person]) -> tuple[Person, ...]:
    """Returns the people of `stated` who are none of those known. Each known person is one once.

    A name spelt otherwise is the same: other case, accents or punctuation, initials for first
    names, the names in another order, a middle name or title left out, as long as only one of
    the known people of the party can be meant. A blank name is anybody of the party.
    """
    left = Counter(known)
    left.subtract(stated)
    others = [person for person, number in left.items() for _ in range(number)]
    unmatched = [person for person, number in left.items() for _ in range(-number)]
    # Blank names come last, so that they take nobody whom a spelling fits.
    for person in sorted(unmatched, key=lambda each: not each[0]):
        same = [other for other in others if is_one(person, other)]
        if len(set(same)) == 1 or (same and not person[0]):
            others.remove(same[0])
            unmatched.remove(person)
    return tuple(unmatched)


def is_one(one: Person, other: Person) -> bool:
    """Returns whether two people of one party can be one person."""
    if one[1] != other[1]:
        return False
    if not one[0] or not other[0]:
        return True
    words, others = _words(one[0]), _words(other[0])
    short, long = sorted((words, others), key=len)
    return bool(short) and _fits(short, long)


def _fits(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Returns whether every word of a name is in a longer one, in full or as an initial."""
    rest = list(long)
    initials = []
    whole = 0
    for word in short:
        if word in rest:
            rest.remove(word)
            whole += len(word) > 1
        else:
            initials.append(word)
    for word in initials:
        same = next(
            (each for each in rest if each[0] == word[0] and 1 in {len(each), len(word)}), None
        )
        if same is None:
            return False
        rest.remove(same)
    return whole > 0


@lru_cache(maxsize=_CACHE_ENTRIES)
def _words(name: str) -> tuple[str, ...]:
    plain = "".join(
        each
        for each in unicodedata.normalize("NFKD", name.replace("'", "").replace("\u2019", ""))
        if not unicodedata.combining(each)
    )
    words = _NOT_OF_A_NAME.sub(" ", plain.casefold()).split()
    return tuple(word for word in words if word not in _TITLES) or tuple(words)
