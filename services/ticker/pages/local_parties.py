"""Letters that tell local parties apart, which share one colour. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from string import ascii_uppercase
from typing import Final, Protocol

from schemas.party import party_key
from schemas.ward import Candidate
from services.ticker.pages.party_style import LOCAL_STYLE, PartyStyle, party_style

_CACHED: Final = 1_024
"""Councils whose letters are kept: more than any night has."""


class Named(Protocol):
    """Whoever has a party's key and its name, such as a row of a council's or a night's totals."""

    @property
    def party_id(self) -> str:
        """The key that the party's seats are counted under."""

    @property
    def party(self) -> str:
        """The party's name."""


StyleOf = Callable[..., PartyStyle]
"""Like `party_style`, of a party's key and its name."""


def styles_among(parties: Iterable[Named]) -> StyleOf:
    """Returns how parties that are shown together look: each local party has a letter of its own.

    The letters depend on which parties there are and not on their order or seats, so they stay as
    a count goes on. A party that is not among them looks as it does by itself.
    """
    names = {party.party_id: party.party for party in parties}
    local = [each for each in sorted(names.items()) if party_style(*each).style == LOCAL_STYLE]
    letters = _letters(tuple(local))

    def style_of(key: str | None, name: str = "") -> PartyStyle:
        style = party_style(key, name or names.get(key or "", ""))
        letter = letters.get(key or "", "")
        return replace(style, letter=letter) if letter else style

    return style_of


def style_of_candidate(candidate: Candidate, style_of: StyleOf) -> PartyStyle:
    """Returns how a candidate's party looks, by the key that its seats are counted under.

    One without a party looks like a local party: they are of no other, and known.
    """
    if not (candidate.party_id or candidate.party):
        return PartyStyle("", LOCAL_STYLE)
    return style_of(party_key(candidate.party_id, candidate.party), candidate.party)


@lru_cache(maxsize=_CACHED)
def _letters(parties: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Returns a letter for each party key: the first one of its name that is still free.

    Where none is free, it is the next free one of the alphabet, and after that a number.
    """
    if len(parties) < 2:  # noqa: PLR2004 -- a single local party is told by its colour
        return {}
    taken: dict[str, str] = {}
    for number, (key, name) in enumerate(parties, start=1):
        words = (name or key).upper().split()
        wanted = [word[0] for word in words] + list("".join(words)) + list(ascii_uppercase)
        free = (each for each in wanted if each in ascii_uppercase and each not in taken.values())
        taken[key] = next(free, str(number))
    return taken
