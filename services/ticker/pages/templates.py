"""The templates of all pages and of their changing parts."""

from __future__ import annotations

from typing import Any, Final

from jinja2 import Environment

from services.pages.templates import environment
from services.ticker.pages import (
    nation_table,
    nation_wording,
    source_wording,
    story_wording,
    wording,
)
from services.ticker.pages.council_page import why
from services.ticker.pages.headline import count_so_far, has_long_word, page_headline
from services.ticker.pages.local_parties import style_of_candidate, styles_among
from services.ticker.pages.party_style import party_style, styles
from services.ticker.pages.ranking import contenders, is_nearest_to_none

LEFT_OUT_NAMED: Final = 5
"""Names of what was left out in a note that a reader should still read; the others are counted."""


def _environment() -> Environment:
    made = environment("services.ticker")
    made.filters |= {
        "number": wording.number,
        "change": wording.change,
        "gained": story_wording.gained,
        "percentage": story_wording.percentage,
        "points": story_wording.points,
        "clock": wording.clock,
        "feed_clock": wording.feed_clock,
        "clock_with_seconds": wording.clock_with_seconds,
        "night_ms": wording.night_ms,
        "ward_state": wording.ward_state,
        "confirmed_by": source_wording.confirmed_by,
        "whole_state": source_wording.whole_state,
        "correction": wording.correction,
        "alert_kind": wording.alert_kind,
        "moving": wording.moving,
        "dated": wording.dated,
        "reject_reason": wording.reject_reason,
        "undecided_reason": wording.undecided_reason,
        "stage_title": wording.stage_title,
        "part_title": nation_wording.part_title,
        "share": nation_wording.share,
        "has_long_word": has_long_word,
        "council_name": nation_wording.council_name,
    }
    made.globals |= {
        "count": wording.count,
        "party_style": party_style,
        "page_headline": page_headline,
        "count_so_far": count_so_far,
        "styles": styles,
        "styles_among": styles_among,
        "style_of_candidate": style_of_candidate,
        "contenders": contenders,
        "is_nearest_to_none": is_nearest_to_none,
        "why": why,
        "would_have": wording.would_have,
        "sentences": nation_wording.sentences,
        "published": nation_wording.published,
        "controls": nation_table.controls,
        "winners": nation_table.winners,
        "left_out_named": LEFT_OUT_NAMED,
    }
    return made


_templates = _environment()


def part(template: str, **values: Any) -> str:
    """Returns one changing part of a page as HTML."""
    return _templates.get_template(template).render(**values).strip()


def page(template: str, **values: Any) -> str:
    """Returns a whole page as HTML. `view` holds the parts that are rendered already."""
    return _templates.get_template(template).render(**values)
