"""Languages of pages: which there are, and what a text is called in one of them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final, Literal, get_args

from babel.core import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po

Language = Literal["en", "cy"]
"""The languages of pages, as BCP 47 names them: English and Welsh."""

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

SOURCE_LANGUAGE: Final[Language] = "en"
"""The language that templates and code are written in."""

NAMES: Final[Mapping[Language, str]] = {"en": "English", "cy": "Cymraeg"}
"""What each language calls itself."""

HTML_LANGUAGES: Final[Mapping[Language, str]] = {"en": "en-GB", "cy": "cy"}
"""The `lang` of a page in each language."""


def locale_of(language: Language) -> Locale:
    """Returns a language as babel knows it, in the UK."""
    return Locale(language, "GB")


def written_day(day: date, language: Language) -> str:
    """Returns a day in full, such as `22 May 2014` or `22 Mai 2014`."""
    return str(format_date(day, "d MMMM y", locale=locale_of(language)))


@cache
def catalogue(language: Language) -> Mapping[str, tuple[str, ...]]:
    """Returns the translations of a language: each text's, with its plural forms in order.

    It is empty for English. Texts without a translation, and those marked as fuzzy, are left out.
    Reads the catalogue's `.po` file once. Raises OSError if that is not installed.
    """
    if language == SOURCE_LANGUAGE:
        return {}
    path = files("services.pages").joinpath("locale", language, "LC_MESSAGES", "pages.po")
    found = read_po(io.BytesIO(path.read_bytes()), locale=language)
    translated: dict[str, tuple[str, ...]] = {}
    for message in found:
        # A message with a plural has its singular first.
        one = message.id if isinstance(message.id, str) else message.id[0]
        given = message.string
        forms = (given,) if isinstance(given, str) else tuple(given or ())
        known = tuple(str(form) for form in forms if form)
        if one and not message.fuzzy and known and len(known) == len(forms):
            translated[one] = known
    return translated


def translation(language: Language, text: str) -> str | None:
    """Returns what a text is in a language; None if that is not known."""
    if language == SOURCE_LANGUAGE:
        return text
    forms = catalogue(language).get(text)
    return None if forms is None else forms[0]


def plural_translation(language: Language, one: str, many: str, number: int) -> str | None:
    """Returns the form of a text for a number of things; None if that is not known.

    `one` and `many` are the text in English. Forms stand in a catalogue in the order of its
    `Plural-Forms` header.
    """
    if language == SOURCE_LANGUAGE:
        return one if number == 1 else many
    forms = catalogue(language).get(one)
    if forms is None:
        return None
    return forms[min(_plural_place(language, number), len(forms) - 1)]


def _plural_place(language: Language, number: int) -> int:
    """Returns which plural form a number takes, as gettext's rule for the language has it."""
    assert language == "cy"  # noqa: S101 -- the one language besides English
    places = {1: 0, 2: 1, 8: 3, 11: 3}
    return places.get(number, 2)
