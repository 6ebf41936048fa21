"""How names are compared: without case, marks, and kinds of apostrophe, dash and space."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_CACHE_ENTRIES: Final = 65_536
"""A UK night has some 400 parties and 9,000 wards under a few spellings each."""

_CACHED_CHARACTERS_MAX: Final = 300
"""The longest name of any schema. Longer text is rubbish, and is not kept in memory."""

_APOSTROPHES: Final = "'\u2018\u2019\u201b\u02bc\u02b9\u02bb\u2032\u00b4`\uff07"
_DASHES: Final = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_INITIALS: Final = re.compile(r"(?<=\b\w)\.(?=\w\b)")
"""A dot between two single letters, as in S.N.P."""

_WITHOUT_APOSTROPHES: Final = str.maketrans("", "", _APOSTROPHES + "\u00ad")
_ONE_KIND: Final = str.maketrans(
    dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_DASHES, "-") | {"\u00ad": None}
)


def compared(name: str) -> str:
    """Returns a name as it is compared with others; blank if it has neither letter nor digit.

    Case, accents, apostrophes and punctuation do not count; `&` is `and`, and S.N.P. is SNP.
    Comparing what this returns gives the same again.
    """
    if len(name) > _CACHED_CHARACTERS_MAX:
        return _compared(name)
    return _cached(name)


def _compared(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.translate(_WITHOUT_APOSTROPHES)).casefold()
    # Folding case can make letters that have marks of their own, as of the Turkish capital I.
    decomposed = unicodedata.normalize("NFKD", folded).replace("&", " and ")
    decomposed = _INITIALS.sub("", decomposed)
    letters = (
        each if each.isalnum() else " "
        for each in decomposed
        if not unicodedata.combining(each) and each not in _APOSTROPHES
    )
    return " ".join("".join(letters).split())


_cached = lru_cache(maxsize=_CACHE_ENTRIES)(_compared)


def tidied(name: str) -> str:
    """Returns a name in composed letters, with one kind of apostrophe, dash and space each."""
    return " ".join(unicodedata.normalize("NFC", name).translate(_ONE_KIND).split())
