"""Which ward a row means: by ballot id, by code, or by name, compared as all names are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from schemas.spelling import compared

_CACHE_ENTRIES: Final = 32_768
"""A UK night has some 9,000 wards under a few spellings each; the limit keeps rubbish out."""

_BOTH_LANGUAGES: Final = frozenset({"W", "S", "N", ""})
"""Nations whose wards have names in two languages, and councils without a code."""

_NAMES_MAX: Final = 2_000
"""The most names of one council's wards that are compared: each is with each. The largest council
has some 90 wards, so that more names are rubbish, and are refused later."""

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


def _languages(name: str) -> frozenset[str]:
    """Returns the names in `Llandaf / Llandaff`, as compared."""
    return frozenset(words for part in name.split("/") if (words := ward_words(part)))


@dataclass(slots=True)
class _Ward:
    """One ward: all its names, the first of which stand for it."""

    names: list[WardName] = field(default_factory=list)

    @property
    def codes(self) -> set[str]:
        return {each.ward_gss for each in self.names} - {""}

    @property
    def ballots(self) -> set[str]:
        return {each.ballot_paper_id for each in self.names} - {""}

    @property
    def words(self) -> set[str]:
        return {ward_words(each.ward) for each in self.names} - {""}

    @property
    def languages(self) -> set[str]:
        return {words for each in self.names for words in _languages(each.ward)}

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
        self._wards: list[_Ward] = []
        # Whole names come first, so that what lacks a part does not come before its match.
        distinct = dict.fromkeys(names)
        few = len(distinct) <= _NAMES_MAX
        for name in sorted(distinct, key=lambda each: not (each.ward_gss and each.ward)):
            self._add(name, matched=few)
        order = {name: place for place, name in enumerate(distinct)}
        for ward in self._wards:
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

    def _add(self, name: WardName, *, matched: bool) -> None:
        ward = self._match(name) if matched else None
        if ward is None:
            ward = _Ward()
            self._wards.append(ward)
        ward.names.append(name)
        self._of[name] = ward

    def _match(self, name: WardName) -> _Ward | None:
        if name.ballot_paper_id:
            of_id = [each for each in self._wards if name.ballot_paper_id in each.ballots]
            if of_id:
                return of_id[0]
        words = ward_words(name.ward)
        may_be = [each for each in self._wards if _may_be(each, name)]
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
        found = [each for each in self._wards if name.ward_gss and name.ward_gss in each.codes]
        return found[0] if len(found) == 1 else None


def _may_be(ward: _Ward, name: WardName) -> bool:
    """Returns whether neither ballot id nor code says that it is another ward."""
    other_ballot = name.ballot_paper_id and name.ballot_paper_id not in (ward.ballots or {""})
    other_code = name.ward_gss and name.ward_gss not in (ward.codes or {""})
    return not (other_ballot and ward.ballots) and not (other_code and ward.codes)


def _lacks_name(ward: _Ward, name: WardName) -> bool:
    return bool(name.ward_gss) and not (name.ward and ward.words)
