"""The other languages that a page is offered in, and where it is in each. No I/O."""

from __future__ import annotations

from typing import Final

from schemas.totals import CouncilTotals
from services.pages.language import LANGUAGES, SOURCE_LANGUAGE, Language
from services.ticker.pages.embed import with_query

WELSH_GSS: Final = "W"
"""How the GSS codes of councils in Wales begin."""


def languages_of(totals: CouncilTotals, language: Language) -> tuple[Language, ...]:
    """Returns the languages that a council's pages are offered in, if they are several.

    A page in Welsh of a council elsewhere, which only its address asks for, leads back.
    """
    if totals.council_gss.startswith(WELSH_GSS) or language != SOURCE_LANGUAGE:
        return LANGUAGES
    return ()


def language_link(address: str, language: Language, at_ms: int | None, *, is_wall: bool) -> str:
    """Returns the address of a page in a language: of the same time, and as fit for a wall."""
    return with_query(
        address,
        wall="1" if is_wall else None,
        at=None if at_ms is None else str(at_ms),
        language=None if language == SOURCE_LANGUAGE else language,
    )
