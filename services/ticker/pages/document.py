"""A whole page around a view: its title, its slider and its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never

from services.pages.live_view import View
from services.ticker.broadcast.page_key import (
    CouncilPage,
    NightPage,
    PageKey,
    WardPage,
    page_key_text,
)
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import milliseconds
from services.ticker.feed.ring import Ring
from services.ticker.pages.nation_view import KINDS
from services.ticker.pages.past_pages import STEP_MS, rounded
from services.ticker.pages.ranking import STAGES
from services.ticker.pages.render import is_shown, map_of
from services.ticker.pages.templates import page


@dataclass(frozen=True, slots=True)
class TimeSlider:
    """The times that the slider goes from and to, in milliseconds since 1970.

    `at_ms` is the time that the page shows; None if it shows the present.
    """

    first_ms: int
    last_ms: int
    at_ms: int | None
    step_ms: int = STEP_MS


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What a page has around its view.

    `address` is where readers reach the page, `push_url` where their browsers reach what sends
    notifications, blank if nothing does. `is_wall` makes it fit for a screen on a wall.
    `is_archived` leaves out what only a running ticker can serve: script, stream and embedding.
    """

    template: str
    address: str
    is_wall: bool
    slider: TimeSlider | None
    is_archived: bool = False
    push_url: str = ""


def time_slider(ring: Ring, at_ms: int | None) -> TimeSlider | None:
    """Returns the slider over the times of a feed, in whole steps; None if it has no entry."""
    first, last = ring.first, ring.last
    if first is None or last is None:
        return None
    return TimeSlider(rounded(milliseconds(first)), rounded(milliseconds(last)), at_ms)


def document(frame: PageFrame, key: PageKey, view: View, state: ElectionState, at: str) -> bytes:
    """Returns a page as HTML. `at` is the feed id that its stream goes on from."""
    values = {
        "wall": frame.is_wall,
        "archived": frame.is_archived,
        "address": frame.address,
        "slider": frame.slider,
        "election": state.election,
        "view": view,
        "view_key": page_key_text(key),
        "feed_id": at,
        "push_url": frame.push_url,
    }
    match key:
        case NightPage():
            councils = [totals for totals in state.opened() if is_shown(view, totals)]
            values |= {
                "title": night_title(state.election),
                "push_is": "night",
                "push_about": state.election,
                "councils": councils,
                "map": map_of(councils),
                "stages": STAGES,
                "part_kinds": KINDS,
                "rehearsal": any(totals.mode == "rehearsal" for totals in state.opened()),
            }
        case CouncilPage(council) | WardPage(council, _):
            totals = state.councils[council].totals
            values |= {
                "title": totals.name,
                "push_is": "ward" if isinstance(key, WardPage) else "council",
                "push_about": key.ballot if isinstance(key, WardPage) else council,
                "totals": totals,
                "rehearsal": totals.mode == "rehearsal",
            }
        case _:
            assert_never(key)
    return page(frame.template, **values).encode()


def night_title(election: str) -> str:
    """Returns the day of an election, such as `22 May 2014`."""
    try:
        poll = date.fromisoformat(election.rpartition(".")[2])
    except ValueError:
        return election
    return f"{poll.day} {poll:%B %Y}"
