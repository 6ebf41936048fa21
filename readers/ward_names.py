"""Which ward a row means: by ballot id, by code, or by name, compared as all names are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from schemas.spelling import compared

_CACHE_ENTRIES: Final = 32_768
"""A UK night has some 9,000 wards under a few spellings each; the limit keeps rubbish out."""

_BOTH_LANGUAGES: Final = frozenset({"W", "S", "N", ""})
"""Nations whose wards have names in two languages, and councils without a code."""

_NEAR_MAX: Final = 100
"""The most wards of one council that a code or a name is compared with. More are rubbish."""

_SAINT: Final = re.compile(r"\bsaint(s?)\b")
_KIND: Final = re.compile(r" (?:ward|electoral division|division|electoral ward)$")


class WardName(NamedTuple):
    """A ward as a row names it. Any of the three may be blank."""

    ward_gss: str
    ward: str
    ballot_paper_id: str = ""


@lru_cache(maxsize=_CACHE_ENTRIES)
def ward_words(name: str) -> str:
    """Returns a ward's name as it is compared: `St. Mary's Ward` is `Saint Marys`."""
    return _KIND.sub("", _SAINT.sub(r"st\1", compared(name)))


@lru_cache(maxsize=_CACHE_ENTRIES)
def _languages(name: str) -> frozenset[str]:
    """Returns the names in `Llandaf / Llandaff`, as compared."""
    return frozenset(words for part in name.split("/") if (words := ward_words(part)))


@dataclass(slots=True, eq=False)
class _Ward:
    """One ward: all its names, and what they have in them."""

    names: list[WardName] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    ballots: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)

    def add(self, name: WardName) -> None:
        """Adds a name."""
        self.names.append(name)
        self.codes |= {name.ward_gss} - {""}
        self.ballots |= {name.ballot_paper_id} - {""}
        self.words |= {ward_words(name.ward)} - {""}
        self.languages |= _languages(name.ward)

    def first(self) -> WardName:
        """Returns the first code and the first name that it has."""
        code = next((each.ward_gss for each in self.names if each.ward_gss), "")
        name = next((each.ward for each in self.names if each.ward), "")
        return WardName(code, name, self.names[0].ballot_paper_id)


class WardNames:
    """The wards of one council. Names that mean one ward are found to be one.

    Code and name together identify a ward, as two wards may have one code. A ward that lacks one
    of the two on one side is found by the other, if that is only one ward's.
    """

    def __init__(self, names: Iterable[WardName], nation: str) -> None:
        self._nation = nation
        self._of: dict[WardName, _Ward] = {}
        self._index: dict[str, dict[_Ward, None]] = {}
        # Whole names come first, so that what lacks a part does not come before its match.
        distinct = dict.fromkeys(names)
        for name in sorted(distinct, key=lambda each: not (each.ward_gss and each.ward)):
            self._add(name)
        order = {name: place for place, name in enumerate(distinct)}
        for ward in set(self._of.values()):
            ward.names.sort(key=order.__getitem__)

    def ward(self, name: WardName) -> WardName:
        """Returns the code and the name that stand for a ward that was given at the start."""
        return self._of[name].first()

    def find(self, name: WardName) -> WardName | None:
        """Returns the code and the name that stand for the ward that a name means.

        None if it means no ward, or could mean several.
        """
        ward = self._of.get(name) or self._match(name) or self._by_code(name)
        return ward.first() if ward else None

    def _add(self, name: WardName) -> None:
        ward = self._match(name) or _Ward()
        ward.add(name)
        self._of[name] = ward
        for part in _parts(name):
            self._index.setdefault(part, {})[ward] = None

    def _match(self, name: WardName) -> _Ward | None:
        if name.ballot_paper_id:
            of_id = self._index.get(f"ballot {name.ballot_paper_id}")
            if of_id:
                return next(iter(of_id))
        words = ward_words(name.ward)
        near = dict.fromkeys(
            each for part in _parts(name) for each in islice(self._index.get(part, ()), _NEAR_MAX)
        )
        may_be = [each for each in near if _may_be(each, name)]
        for found in (
            [each for each in may_be if name.ward_gss in each.codes and words in each.words],
            [each for each in may_be if words and words in each.words],
            self._in_both_languages(may_be, name),
            [each for each in may_be if _lacks_name(each, name) and name.ward_gss in each.codes],
        ):
            if len(found) == 1:
                return found[0]
        return None

    def _in_both_languages(self, wards: list[_Ward], name: WardName) -> list[_Ward]:
        languages = _languages(name.ward)
        if self._nation not in _BOTH_LANGUAGES:
            return []
        return [
            each
            for each in wards
            if each.languages & languages and (len(languages) > 1 or len(each.languages) > 1)
        ]

    def _by_code(self, name: WardName) -> _Ward | None:
        """Returns the only ward with a code, whatever it is called."""
        found = self._index.get(f"code {name.ward_gss}", {})
        return next(iter(found)) if len(found) == 1 else None


def _parts(name: WardName) -> list[str]:
    """Returns what a name can be found by."""
    parts = [f"name {words}" for words in {ward_words(name.ward), *_languages(name.ward)} - {""}]
    parts += [f"code {name.ward_gss}"] if name.ward_gss else []
    return parts + ([f"ballot {name.ballot_paper_id}"] if name.ballot_paper_id else [])


def _may_be(ward: _Ward, name: WardName) -> bool:
    """Returns whether neither ballot id nor code says that it is another ward."""
    other_ballot = name.ballot_paper_id and name.ballot_paper_id not in (ward.ballots or {""})
    other_code = name.ward_gss and name.ward_gss not in (ward.codes or {""})
    return not (other_ballot and ward.ballots) and not (other_code and ward.codes)


def _lacks_name(ward: _Ward, name: WardName) -> bool:
    return bool(name.ward_gss) and not (name.ward and ward.words)
