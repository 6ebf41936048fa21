"""A paragraph for the public: plain sentences within the room that there is for them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from election.text.phrases import clipped, spelled
from schemas.alert import PARAGRAPH_MAX_CHARACTERS

PARAGRAPH_MAX_WORDS = 60
"""Read aloud they take some twenty seconds, and a phone shows them without scrolling."""

_WITH_ARTICLE = re.compile(
    r"(City|Isles?|Vale|Forest|Royal Borough|London Borough|Borough) of |Scottish Borders$"
    r"|.*\b(Islands|Isles)$"
)


def fitting(texts: Iterable[str]) -> str:
    """Returns the first of several paragraphs that has room, fullest first.

    If none has, it is the last, cut to the words and characters that there may be; only names of
    many words need that.
    """
    text = ""
    for text in texts:
        if len(text) <= PARAGRAPH_MAX_CHARACTERS and len(text.split()) <= PARAGRAPH_MAX_WORDS:
            return text
    words = text.split()
    if len(words) > PARAGRAPH_MAX_WORDS:
        text = f"{' '.join(words[:PARAGRAPH_MAX_WORDS])}…"
    return clipped(text, PARAGRAPH_MAX_CHARACTERS)


def sentences(*parts: str) -> str:
    """Returns sentences as one text, each with a capital and a full stop; blank ones left out.

    A part is a sentence without its full stop.
    """
    return " ".join([f"{part[0].upper()}{part[1:]}." for part in parts if part])


def number_of(number: int, one: str, many: str = "") -> str:
    """Returns a number with its noun as a newspaper writes it: `one ward`, `five seats`, `12`."""
    return f"{spelled(number)} {one if number == 1 else many or f'{one}s'}"


def place(name: str) -> str:
    """Returns a council's name as a sentence has it: `Barnet`, but `the City of Edinburgh`."""
    return f"the {name}" if _WITH_ARTICLE.match(name) else name
