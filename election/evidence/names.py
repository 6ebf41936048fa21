"""Names: whether two spellings are one person of a ballot."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_CACHE_ENTRIES = 16_384
"""A large night has some 13,000 candidates, each with one or two spellings."""

_APOSTROPHES = re.compile("['`\u00b4\u2018\u2019\u02bc]")
_NOT_OF_A_NAME = re.compile(r"[^\w]+")
_TITLES = frozenset({"cllr", "councillor", "dr", "dame", "lady", "lord", "miss", "mr", "mrs", "ms"})

Person = tuple[str, str]
"""A name as it was given, blank if only the party was, and the key of the party."""


def unmatched(stated: Sequence[Person], known: Sequence[Person]) -> tuple[Person, ...]:
    """Returns the people of `stated` who can be none of those known. Nobody known is two of them.

    A name spelt otherwise is the same: other case, accents or punctuation, initials for first
    names, the names in another order, a middle name or title left out. A blank name is anybody
    of the party. Where a name fits several, each of them is taken as far as all can be matched.
    """
    if len(set(stated)) == len(stated) and set(known).issuperset(stated):
        return ()
    free = list(known)
    others = []
    for person in stated:
        if person in free:
            free.remove(person)
        else:
            others.append(person)
    taken: dict[int, int] = {}
    fits = [[place for place, each in enumerate(free) if is_one(one, each)] for one in others]
    return tuple(
        person for number, person in enumerate(others) if not _takes(number, fits, taken, set())
    )


def _takes(
    number: int, fits: Sequence[Sequence[int]], taken: dict[int, int], met: set[int]
) -> bool:
    """Returns whether a person finds a place that fits, if others move on to one of theirs."""
    for place in fits[number]:
        if place in met:
            continue
        met.add(place)
        if place not in taken or _takes(taken[place], fits, taken, met):
            taken[place] = number
            return True
    return False


def is_one(one: Person, other: Person) -> bool:
    """Returns whether two people of one party can be one person."""
    if one[1] != other[1]:
        return False
    if not one[0] or not other[0] or one[0] == other[0]:
        return True
    words, others = _words(one[0]), _words(other[0])
    if "".join(words) == "".join(others):
        return True
    short, long = sorted((words, others), key=len)
    return bool(short) and _fits(short, long)


def _fits(short: Sequence[str], long: Sequence[str]) -> bool:
    """Returns whether every word of a name is in a longer one, in full or as an initial.

    At least one must be there in full.
    """
    rest = list(long)
    others = []
    in_full = False
    for word in short:
        if word in rest:
            rest.remove(word)
            in_full = in_full or len(word) > 1
        else:
            others.append(word)
    for word in others:
        same = next((each for each in rest if _is_initial(word, each)), None)
        if same is None:
            return False
        rest.remove(same)
    return in_full


def _is_initial(one: str, other: str) -> bool:
    return one[0] == other[0] and one[0].isalpha() and 1 in {len(one), len(other)}


@lru_cache(maxsize=_CACHE_ENTRIES)
def _words(name: str) -> tuple[str, ...]:
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name))
    plain = "".join(each for each in decomposed if not unicodedata.combining(each))
    words = _NOT_OF_A_NAME.sub(" ", plain.casefold()).split()
    return tuple(word for word in words if word not in _TITLES) or tuple(words)
