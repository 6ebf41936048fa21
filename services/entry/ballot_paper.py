"""Ballot paper: who stands, in the order in which the returning officer reads them. No I/O."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from schemas.council import Nominee

_INITIALS: Final = re.compile(r"(?:[A-Z]\.?){1,4}")
_NOT_A_LETTER: Final = re.compile(r"[^a-z ]+")


def in_order(nominees: Iterable[Nominee]) -> list[Nominee]:
    """Returns nominees by surname and then by first names; those without a name come last.

    So ballot papers have them, which follow the statement of persons nominated (Local Elections
    (Principal Areas) (England and Wales) Rules 2006, schedule 2, rule 16 (5)). Files need not:
    some are by votes, or by party.
    """
    return sorted(nominees, key=_place)


def _place(nominee: Nominee) -> tuple[bool, str, str, str]:
    surname, others = _parts(nominee.candidate)
    return not nominee.candidate, _letters(surname), _letters(others), nominee.party


def _parts(name: str) -> tuple[str, str]:
    """Returns surname and first names: of `Able, Ann`, `ABLE Ann`, `Able A.` and `Ann Able`."""
    before, comma, after = name.partition(",")
    if comma:
        return before, after
    words = name.split()
    if len(words) > 1 and _INITIALS.fullmatch(words[-1]):
        return " ".join(words[:-1]), words[-1]
    capital = [word for word in words if len(word) > 1 and word.isupper() and "." not in word]
    if capital and len(capital) < len(words) and words[: len(capital)] == capital:
        return " ".join(capital), " ".join(words[len(capital) :])
    return words[-1] if words else "", " ".join(words[:-1])


def _letters(text: str) -> str:
    """Returns a name without case, accents and marks: `O'Neill` stands as `oneill`."""
    plain = unicodedata.normalize("NFKD", text).casefold().strip()
    return _NOT_A_LETTER.sub("", plain)
