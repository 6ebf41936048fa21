"""How far a night, a council or a ward is: the title of its page, and whether it has ended."""

from __future__ import annotations

from html import unescape

from schemas.totals import CouncilTotals
from services.pages.language import SOURCE_LANGUAGE, Language
from services.pages.live_view import View
from services.ticker.feed.election_state import ElectionState
from services.ticker.pages.night_title import night_title
from services.ticker.pages.templates import part
from services.ticker.pages.welsh_headline import welsh_headline


def is_counted(totals: CouncilTotals) -> bool:
    """Returns whether everything that is polled in a council is declared, and nothing in doubt.

    Seats may still be open: those of a poll that is put off are filled on another day.
    """
    every = 0 < totals.wards_total == totals.wards_declared
    return totals.complete or (every and not totals.wards_being_checked)


def has_ended(state: ElectionState) -> bool:
    """Returns whether everything that is polled on a night is declared, in all of its councils.

    A correction can still come; the page says so when it does.
    """
    councils, night = state.opened(), state.nation.night
    awaited = 0 if night is None else len(night.councils.not_opened)
    return bool(councils) and not awaited and all(map(is_counted, councils))


def title_of(view: View) -> str:
    """Returns the title that a view gives its page; blank if it gives none.

    It is taken from the view, so that it is of the same moment as the rest of the page.
    """
    return unescape(view.fragments.get("phase", "").partition('data-title="')[2].partition('"')[0])


def phase(state: ElectionState, *, title: str = "") -> str:
    """Returns what a page of the night says of itself, under a title of its own or the night's."""
    is_over = has_ended(state)
    return part("phase.html", title=title or _title(state, is_over=is_over), is_over=is_over)


def phase_of_council(
    totals: CouncilTotals, ward: str = "", language: Language = SOURCE_LANGUAGE
) -> str:
    """Returns what the page of a council, or of one of its wards, says of itself."""
    news = totals.headline if language == SOURCE_LANGUAGE else welsh_headline(totals)
    title = f"{ward}, {totals.name}" if ward else news
    return part("phase.html", title=title, is_over=is_counted(totals))


def _title(state: ElectionState, *, is_over: bool) -> str:
    day = night_title(state.election)
    councils = state.opened()
    if is_over:
        return f"{day}: the result"
    decided = sum(totals.decided for totals in councils)
    return f"{decided} of {len(councils)} councils decided, {day}" if decided else day
