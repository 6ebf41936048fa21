"""A whole page around a view: its title, its slider and its address."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, assert_never

from services.pages.language import SOURCE_LANGUAGE
from services.pages.live_view import View
from services.ticker.broadcast.page_key import (
    AlertPage,
    AlertsPage,
    CouncilPage,
    NightPage,
    PageKey,
    WardPage,
    page_key_text,
)
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.history import STEP_MS, History
from services.ticker.pages.embed import Embed
from services.ticker.pages.languages import language_link, languages_of
from services.ticker.pages.listing import ALL_COUNCILS, Choice, listed
from services.ticker.pages.log_line import LogLine
from services.ticker.pages.nation_view import KINDS
from services.ticker.pages.night_title import night_title, times_note
from services.ticker.pages.past_pages import rounded
from services.ticker.pages.phase import title_of
from services.ticker.pages.ranking import STAGES
from services.ticker.pages.render import is_shown, map_of
from services.ticker.pages.share import share_of
from services.ticker.pages.templates import page
from services.ticker.pages.welsh_wording import times_note as welsh_times_note


@dataclass(frozen=True, slots=True)
class TimeSlider:
    """The times that the slider goes from and to, in milliseconds since 1970.

    `at_ms` is the time that the page shows; None if it shows the present. `is_cut` says that the
    night began before `first_ms`, and that what was said then is no longer known here.
    """

    first_ms: int
    last_ms: int
    at_ms: int | None
    is_cut: bool = False
    step_ms: int = STEP_MS


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What a page has around its view.

    `address` is where readers reach the page, `push_url` where their browsers reach what sends
    notifications, blank if nothing does. `is_wall` makes it fit for a screen on a wall.
    `is_archived` leaves out what only a running ticker can serve: script, stream and embedding.
    `embed` is there if the page is for a frame on another site.
    `is_rehearsal` marks a page on which nothing that is shown says so, such as one of the time
    before any council was opened.
    `choice` is which councils of a night are shown; `knows_postcodes` offers to find those.
    `log_line` is what the page says of the log, None if it says nothing.
    """

    template: str
    address: str
    is_wall: bool
    slider: TimeSlider | None
    is_archived: bool = False
    embed: Embed | None = None
    is_rehearsal: bool = False
    choice: Choice = ALL_COUNCILS
    knows_postcodes: bool = False
    push_url: str = ""
    log_line: LogLine | None = None


def time_slider(history: History, at_ms: int | None) -> TimeSlider | None:
    """Returns the slider over the times that are known, in whole steps; None if there are none."""
    first, last = history.first_ms, history.last_ms
    if first is None or last is None:
        return None
    return TimeSlider(first, max(first, rounded(last)), at_ms, history.is_cut)


def document(frame: PageFrame, key: PageKey, view: View, state: ElectionState, at: str) -> bytes:
    """Returns a page as HTML. `at` is the feed id that its stream goes on from."""
    values = _around(frame, key, view, state, at) | _about(frame, key, view, state)
    return page(frame.template, **values).encode()


def _around(
    frame: PageFrame, key: PageKey, view: View, state: ElectionState, at: str
) -> dict[str, Any]:
    """Returns what every kind of page has around its view."""
    return {
        "wall": frame.is_wall,
        "archived": frame.is_archived,
        "address": frame.address,
        "slider": frame.slider,
        "embed": frame.embed,
        "knows_postcodes": frame.knows_postcodes,
        "election": state.election,
        "view": view,
        "feed_id": at,
        "share": share_of(frame.address, key, state, is_past=_is_past(frame)),
        **_in_language(frame, key, state.election),
        "page_title": title_of(view),
        "push_url": frame.push_url,
        "log_line": frame.log_line,
    }


def _about(frame: PageFrame, key: PageKey, view: View, state: ElectionState) -> dict[str, Any]:
    """Returns what a page of this kind has besides."""
    match key:
        case NightPage():
            councils = [totals for totals in state.opened() if is_shown(view, totals)]
            return {
                "title": night_title(state.election),
                "push_is": "night",
                "push_about": state.election,
                "councils": councils,
                "map": map_of(councils),
                "stages": STAGES,
                **listed(councils, frame.choice),
                "part_kinds": KINDS,
                "rehearsal": frame.is_rehearsal or state.is_rehearsal,
            }
        case AlertsPage() | AlertPage():
            return {
                "title": night_title(state.election),
                "key": key,
                "rehearsal": frame.is_rehearsal or state.is_rehearsal,
            }
        case CouncilPage(council) | WardPage(council, _):
            totals = state.councils[council].totals
            return {
                "title": totals.name,
                "push_is": "ward" if isinstance(key, WardPage) else "council",
                "push_about": key.ballot if isinstance(key, WardPage) else council,
                "totals": totals,
                "page_languages": languages_of(totals, key.language),
                "rehearsal": frame.is_rehearsal or totals.mode == "rehearsal",
            }
        case _:
            assert_never(key)


def _in_language(frame: PageFrame, key: PageKey, election: str) -> dict[str, object]:
    """Returns what puts a page and its stream in a language; those of the night are English."""
    language = key.language if isinstance(key, CouncilPage | WardPage) else SOURCE_LANGUAGE
    at_ms = frame.slider.at_ms if frame.slider is not None else None
    return {
        "view_key": page_key_text(key),
        "language": language,
        "page_language": language,
        "page_languages": (),
        "language_link": partial(language_link, at_ms=at_ms, is_wall=frame.is_wall),
        "times_note": (welsh_times_note if language == "cy" else times_note)(election),
    }


def _is_past(frame: PageFrame) -> bool:
    return frame.slider is not None and frame.slider.at_ms is not None
