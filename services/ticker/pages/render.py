"""Views as HTML. What cannot be shown is left out of them, and the reader is told so."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, partial
from typing import Final, Literal, assert_never, get_args

from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.pages.language import Language, translation
from services.pages.live_view import View
from services.pages.templates import element
from services.ticker.broadcast.page_key import (
    AlertPage,
    AlertsPage,
    BrokenPageError,
    CouncilPage,
    NightOrder,
    NightPage,
    PageKey,
    UnknownPageError,
    WardPage,
)
from services.ticker.broken import report
from services.ticker.feed.election_state import CouncilState, ElectionState
from services.ticker.feed.entry import BEGINNING
from services.ticker.feed.newest import Newest
from services.ticker.feed.parsing import parse_alert
from services.ticker.pages import listing, wording
from services.ticker.pages.alert_view import (
    alert_counts,
    alert_fragments,
    alert_ids,
    alert_view,
    alerts_view,
)
from services.ticker.pages.council_map import CouncilMap, Tile, lay_out, map_code
from services.ticker.pages.council_page import (
    also_stood,
    deciders_left,
    history,
    party_rows,
    seat_bar,
)
from services.ticker.pages.councillors_view import councillors_view
from services.ticker.pages.nation_view import nation_view
from services.ticker.pages.phase import has_ended, phase, phase_of_council
from services.ticker.pages.progress import progress
from services.ticker.pages.ranking import ranked
from services.ticker.pages.spoken import news, spoken_declaration
from services.ticker.pages.templates import part

ALERTS_SHOWN: Final = 24
"""Alerts on the night page: more than anyone scrolls; they have pages of their own with all."""

_COUNCILS: Final = 2_048
"""More councils than any night has, so that the row and tile of each version are rendered once."""

_tried: Final = Newest[str, None](_COUNCILS)
_rows: Final = Newest[str, str](_COUNCILS)
_tiles: Final = Newest[str, str](_COUNCILS)

WardList = Literal["to-come", "declared", "put-off"]
"""The lists of wards on a council's page."""


def render(state: ElectionState, key: PageKey) -> View:
    """Returns the view of a page, without the councils, wards and alerts that cannot be shown.

    Raises UnknownPageError if there is no such council, ward or alert, BrokenPageError if what is
    stored of it cannot be read, and any other exception if it cannot be rendered.
    """
    match key:
        case NightPage(order):
            return _night(state, order)
        case CouncilPage(council):
            return _council(state, _opened(state, council), key.language)
        case WardPage(council, ballot):
            return _ward(_opened(state, council), ballot, key.language)
        case AlertsPage():
            return alerts_view(state, key)
        case AlertPage():
            return alert_view(state, key)
        case _:
            assert_never(key)


def _opened(state: ElectionState, council: str) -> CouncilState:
    found = state.find(council)
    if found is None and council in state.unreadable:
        raise BrokenPageError(f"What is stored of {council} cannot be read.")
    if found is None:
        raise UnknownPageError(council)
    return found


def _night(state: ElectionState, order: NightOrder) -> View:
    councils = [totals for totals in state.opened() if _can_be_shown(state, totals)]
    left_out = {*state.unreadable, *(totals.council for totals in state.opened())}
    left_out -= {totals.council for totals in councils}
    layout = map_of(councils)
    newest = reversed(state.alert_entries[-ALERTS_SHOWN:])
    latest = [(feed_id, parse_alert(data)) for feed_id, data in newest]
    alerts = [alert for _, alert in latest]
    nation = nation_view(state.nation, state.election)
    fragments = {
        "progress": part("night/progress.html", progress=progress(councils, state.nation.night)),
        **nation.fragments,
        "left-out": part("left_out.html", names=sorted(left_out), is_of_night=True),
        "results-title": part("night/title.html", is_over=has_ended(state)),
        "alert-kinds": alert_counts(state),
        "phase": phase(state),
    }
    for totals in councils:
        data = state.councils[totals.council].totals_json
        fragments[f"row-{element(totals.council)}"] = _row(totals, data)
        fragments[f"tile-{element(totals.council)}"] = _tile(totals, data, layout)
    fragments |= alert_fragments(state, latest, "night")
    orders = listing.orders(state, councils, order) | nation.orders
    orders["alerts"] = alert_ids(alerts, fragments)
    return View(fragments, orders, news(alerts))


def _can_be_shown(state: ElectionState, totals: CouncilTotals) -> bool:
    """Returns whether a council can be shown on the night page; if not, reports why.

    Whatever the night page does with each council is tried with it first, so that one that fails
    is left out and the others are shown.
    """
    try:
        data = state.councils[totals.council].totals_json
        _tried.of(totals.council, data, partial(_try_council, totals, data))
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is this council's only
        report("council", totals.council, error)
        return False
    return True


def _try_council(totals: CouncilTotals, data: bytes) -> None:
    _row(totals, data)
    _tile_html(totals, Tile("", "", "", 0, 0), squares=True)
    progress([totals])
    ranked([totals])


def is_shown(view: View, totals: CouncilTotals) -> bool:
    """Returns whether a view of a night has a council, so that it was not left out."""
    return f"row-{element(totals.council)}" in view.fragments


def map_of(councils: list[CouncilTotals]) -> CouncilMap:
    """Returns the map of these councils, laid out only once while they stay the same."""
    return _map(tuple((map_code(totals), totals.name) for totals in councils))


@lru_cache(maxsize=8)
def _map(councils: tuple[tuple[str, str], ...]) -> CouncilMap:
    return lay_out(councils)


def _row(totals: CouncilTotals, data: bytes) -> str:
    make = partial(part, "night/row.html", totals=totals)
    return _rows.of(totals.council, data, make)


def _tile(totals: CouncilTotals, data: bytes, layout: CouncilMap) -> str:
    tile = layout.tile_of(totals)
    make = partial(_tile_html, totals, tile, squares=layout.squares)
    return _tiles.of(totals.council, (data, tile, layout.squares), make)


def _tile_html(totals: CouncilTotals, tile: Tile, *, squares: bool) -> str:
    return part("night/tile.html", totals=totals, tile=tile, squares=squares)


def _council(state: ElectionState, council: CouncilState, language: Language) -> View:
    totals, wards = council.totals, council.wards
    local_part = partial(part, totals=totals, language=language)
    alerts = list(reversed(council.alerts))
    rendered = _shown_wards(totals, wards, language)
    shown = [ward for ward in wards if _ward_id(ward) in rendered]
    rows = party_rows(totals, shown)
    fragments = {
        "summary": local_part(
            "council/summary.html", bar=seat_bar(totals), deciders=deciders_left(totals, shown)
        ),
        "parties": local_part("council/parties.html", rows=rows, others=also_stood(totals)),
        "history": local_part("council/history.html", spells=history(totals)),
        **rendered,
    }
    feed_ids = {data: feed_id for feed_id, data in state.alert_entries}
    ids = [feed_ids.get(data, BEGINNING) for data in reversed(council.alerts_json)]
    entries = list(zip(ids, alerts, strict=True))
    fragments |= alert_fragments(state, entries, "council", language)
    orders = {
        f"wards-{name}": tuple(_ward_id(ward) for ward in shown if _ward_list(ward) == name)
        for name in get_args(WardList)
    }
    orders["alerts"] = alert_ids(alerts, fragments)
    councillors = councillors_view(totals, shown, language)
    fragments |= councillors.fragments
    orders |= councillors.orders
    lost = {ward.ward for ward in wards if _ward_id(ward) not in rendered}
    lost |= council.unreadable_wards
    if council.unreadable_alerts or len(orders["alerts"]) < len(alerts):
        lost.add(translation(language, "alerts") or "alerts")
    fragments["left-out"] = local_part("left_out.html", names=sorted(lost), is_of_night=False)
    fragments["phase"] = phase_of_council(totals, language=language)
    announcements = [*news(alerts)]
    announcements += [spoken_declaration(ward) for ward in shown if ward.seats_won]
    return View(fragments, orders, tuple(announcements))


def _shown_wards(
    totals: CouncilTotals, wards: Iterable[WardTotals], language: Language
) -> dict[str, str]:
    """Returns wards as fragments, without those that cannot be shown, which are reported."""
    fragments: dict[str, str] = {}
    for ward in wards:
        try:
            wording.declaration(ward)
            fragments[_ward_id(ward)] = part(
                "council/ward.html", ward=ward, totals=totals, language=language
            )
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is this ward's only
            report("ward", ward.ballot_paper_id, error)
    return fragments


def _ward_list(ward: WardTotals) -> WardList:
    """Returns the list of a council's page that a ward is in."""
    match ward.status:
        case "declared" | "uncontested":
            return "declared"
        case "waiting" | "partial" | "tied" | "counting" | "recount":
            return "to-come"
        case "postponed" | "countermanded":
            return "put-off"
        case _:
            assert_never(ward.status)


def _ward_id(ward: WardTotals) -> str:
    return f"ward-{element(ward.ballot_paper_id)}"


def _ward(council: CouncilState, ballot: str, language: Language) -> View:
    ward = next((ward for ward in council.wards if ward.ballot_paper_id == ballot), None)
    if ward is None and ballot in council.unreadable_wards:
        raise BrokenPageError(f"What is stored of {ballot} cannot be read.")
    if ward is None:
        raise UnknownPageError(ballot)
    totals = council.totals
    return View(
        {
            "result": part("ward/result.html", ward=ward, totals=totals, language=language),
            "phase": phase_of_council(totals, ward.ward, language),
        }
    )
