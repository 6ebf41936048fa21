"""Wording by language: filters and functions of templates that write English or Welsh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from jinja2 import pass_context
from jinja2.runtime import Context

from services.pages.language import SOURCE_LANGUAGE, plural_translation
from services.pages.translated import language_of
from services.ticker.pages import (
    council_wording,
    headline,
    source_wording,
    story_wording,
    welsh_headline,
    welsh_wording,
    wording,
)

Wording = Callable[..., str]


def by_language(english: Wording, welsh: Wording) -> Wording:
    """Returns what writes in the language of the template that calls it. Both take the same."""

    @pass_context
    def local(context: Context, *given: Any) -> str:
        return (english if language_of(context) == SOURCE_LANGUAGE else welsh)(*given)

    return local


@pass_context
def noun(context: Context, value: int, one: str, many: str = "") -> str:
    """Returns the noun that goes with a number: `voter` with 1, `voters` with 2."""
    found = plural_translation(language_of(context), one, many or f"{one}s", value)
    return found or (one if value == 1 else many or f"{one}s")


@pass_context
def count(context: Context, value: int, one: str, many: str = "") -> str:
    """Returns a number with its noun: `1 ward`, `21 wards`."""
    return f"{value:,} {noun(context, value, one, many)}"


LOCAL_FILTERS: Final = {
    "clock": by_language(wording.clock, welsh_wording.clock),
    "feed_clock": by_language(wording.feed_clock, welsh_wording.feed_clock),
    "clock_with_seconds": by_language(wording.clock_with_seconds, welsh_wording.clock_with_seconds),
    "ward_state": by_language(wording.ward_state, welsh_wording.ward_state),
    "confirmed_by": by_language(source_wording.confirmed_by, welsh_wording.confirmed_by),
    "whole_state": by_language(source_wording.whole_state, welsh_wording.whole_state),
    "correction": by_language(wording.correction, welsh_wording.correction),
    "moving": by_language(wording.moving, welsh_wording.moving),
    "gained": by_language(story_wording.gained, welsh_wording.gained),
    "held": by_language(story_wording.held, welsh_wording.held),
    "before": by_language(council_wording.before, welsh_wording.before),
}

LOCAL_GLOBALS: Final = {
    "count": count,
    "noun": noun,
    "page_headline": by_language(headline.page_headline, welsh_headline.welsh_headline),
    "count_so_far": by_language(headline.count_so_far, welsh_wording.count_so_far),
    "would_have": by_language(council_wording.would_have, welsh_wording.would_have),
}
