"""The templates of all pages and of their changing parts."""

from __future__ import annotations

from typing import Any, Final

from jinja2 import Environment

from services.pages.script_words import script_words
from services.pages.templates import environment
from services.ticker.finding.spelling import QUERY_CHARS_MAX
from services.ticker.pages import (
    desk_wording,
    listing,
    nation_table,
    nation_wording,
    shares,
    story_wording,
    tally,
    terms,
    wording,
)
from services.ticker.pages.alert_kinds import kinds_title
from services.ticker.pages.alert_wording import alert_label
from services.ticker.pages.council_page import why
from services.ticker.pages.councillors import ward_councillors
from services.ticker.pages.headline import has_long_word
from services.ticker.pages.local_parties import style_of_candidate, styles_among
from services.ticker.pages.local_wording import LOCAL_FILTERS, LOCAL_GLOBALS
from services.ticker.pages.party_style import party_style, styles
from services.ticker.pages.ranking import contenders

LEFT_OUT_NAMED: Final = 5
"""Names of what was left out in a note that a reader should still read; the others are counted."""


_WORDING_FILTERS: Final = {
    "number": wording.number,
    "change": wording.change,
    "percentage": story_wording.percentage,
    "points": story_wording.points,
    "night_ms": wording.night_ms,
    "alert_label": alert_label,
    "kinds_title": kinds_title,
    "dated": wording.dated,
    "reject_reason": desk_wording.reject_reason,
    "undecided_reason": desk_wording.undecided_reason,
    "stage_title": wording.stage_title,
    "part_title": nation_wording.part_title,
    "share": nation_wording.share,
    "has_long_word": has_long_word,
    "council_name": nation_wording.council_name,
}
"""Filters by which numbers, times and states are written."""

_FINDING_FILTERS: Final = {
    "tokens": listing.tokens_of,
    "order_words": listing.order_words,
    "tally": tally.tally,
    "standing": tally.standing,
    "to_none": tally.to_none,
    "ward_shares": shares.ward_shares,
    "council_share": shares.council_share,
    "is_transferable": shares.is_transferable,
}
"""Filters by which lists, councils and wards say how they stand."""


def _environment() -> Environment:
    made = environment("services.ticker")
    made.filters |= _WORDING_FILTERS | _FINDING_FILTERS | LOCAL_FILTERS
    made.globals |= LOCAL_GLOBALS | {
        "script_words": script_words,
        "party_style": party_style,
        "ward_councillors": ward_councillors,
        "styles": styles,
        "styles_among": styles_among,
        "style_of_candidate": style_of_candidate,
        "contenders": contenders,
        "why": why,
        "sentences": nation_wording.sentences,
        "published": nation_wording.published,
        "controls": nation_table.controls,
        "winners": nation_table.winners,
        "left_out_named": LEFT_OUT_NAMED,
        "query_chars_max": QUERY_CHARS_MAX,
        "terms": terms.explained,
        # Whoever offers notifications says so; see `push/subscribe.html`.
        "push_url": "",
    }
    return made


_templates = _environment()


def part(template: str, **values: Any) -> str:
    """Returns one changing part of a page as HTML."""
    return _templates.get_template(template).render(**values).strip()


def page(template: str, **values: Any) -> str:
    """Returns a whole page as HTML. `view` holds the parts that are rendered already."""
    return _templates.get_template(template).render(**values)
