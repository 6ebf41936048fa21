"""The key of a page with live parts, and its text in the query of `/live/{election}`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import assert_never

from services.pages.language import SOURCE_LANGUAGE, Language


@dataclass(frozen=True, slots=True)
class NightPage:
    """The page of an election with all of its councils; in text, `night`, or `night cy`."""

    language: Language = SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class CouncilPage:
    """The page of one council; in text, `council <id>`, or `council <id> cy` in Welsh."""

    council: str
    language: Language = SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class WardPage:
    """The page of one ward; in text, `ward <council id> <ballot id>`, and `cy` if in Welsh."""

    council: str
    ballot: str
    language: Language = SOURCE_LANGUAGE


PageKey = NightPage | CouncilPage | WardPage


class UnknownPageError(KeyError):
    """There is no such council or ward."""


class BrokenPageError(Exception):
    """A page cannot be shown, because of what is stored for it or because of a fault here."""


def parse_page_key(text: str) -> PageKey:
    """Returns the key that `page_key_text` wrote. Raises ValueError for any other text."""
    words = text.split(" ")
    # No id is a language: each has dots.
    is_welsh = words[-1] == "cy"
    language: Language = "cy" if is_welsh else SOURCE_LANGUAGE
    match words[:-1] if is_welsh else words:
        case ["night"]:
            return NightPage(language)
        case ["council", council]:
            return CouncilPage(council, language)
        case ["ward", council, ballot]:
            return WardPage(council, ballot, language)
        case _:
            raise ValueError(f"{text[:100]!r} is not the key of a page")


def page_key_text(key: PageKey) -> str:
    """Returns a page's key as text, such as `council local.barnet.2014-05-22`."""
    written = "" if key.language == SOURCE_LANGUAGE else f" {key.language}"
    match key:
        case NightPage():
            return f"night{written}"
        case CouncilPage(council):
            return f"council {council}{written}"
        case WardPage(council, ballot):
            return f"ward {council} {ballot}{written}"
        case _:
            assert_never(key)


def shows_any(key: PageKey, councils: Collection[str]) -> bool:
    """Returns whether a page may look different after these councils changed."""
    match key:
        case NightPage():
            return bool(councils)
        case CouncilPage(council) | WardPage(council, _):
            return council in councils
        case _:
            assert_never(key)
