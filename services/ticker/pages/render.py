"""Views as HTML. Each changing part has a template, used for both the page and its updates."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, Literal, assert_never

from jinja2 import Environment, PackageLoader, StrictUndefined

from schemas.alert import Alert
from schemas.totals import CouncilTotals, WardTotals
from services.ticker.broadcast.live_view import View
from services.ticker.broadcast.page_key import CouncilPage, NightPage, PageKey, WardPage
from services.ticker.feed.election_state import CouncilState, ElectionState
from services.ticker.feed.entry import BEGINNING
from services.ticker.feed.parsing import parse_alert, parse_totals
from services.ticker.pages import wording
from services.ticker.pages.assets import asset_url
from services.ticker.pages.council_map import CouncilMap, Tile, lay_out
from services.ticker.pages.council_page import (
    also_stood,
    deciders_left,
    history,
    party_rows,
    seat_bar,
    why,
)
from services.ticker.pages.night_totals import night_totals
from services.ticker.pages.party_style import party_style
from services.ticker.pages.ranking import contenders, is_nearest_to_none, ranked

ALERTS_SHOWN: Final = 40
"""Alerts on the night page: more than anyone scrolls; each council's page has all of its own."""

_CACHED_ROWS: Final = 2_048
"""Rows and tiles of more councils than any night has, so that each version is rendered once."""

AlertPlace = Literal["night", "council"]
"""The page that an alert is on; the night page names the council, the council page the proof."""


def element(text: str) -> str:
    """Returns an element id for a Democracy Club id."""
    return text.replace(".", "-").replace(":", "-").replace(" ", "-")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("services.ticker", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": wording.number,
        "change": wording.change,
        "clock": wording.clock,
        "feed_clock": wording.feed_clock,
        "clock_with_seconds": wording.clock_with_seconds,
        "element": element,
        "ward_state": wording.ward_state,
        "correction": wording.correction,
        "alert_kind": wording.alert_kind,
        "dated": wording.dated,
        "reject_reason": wording.reject_reason,
        "stage_title": wording.stage_title,
    }
    environment.globals |= {
        "asset_url": asset_url,
        "count": wording.count,
        "party_style": party_style,
        "contenders": contenders,
        "is_nearest_to_none": is_nearest_to_none,
        "why": why,
    }
    return environment


_templates = _environment()


def part(template: str, **values: Any) -> str:
    """Returns one changing part of a page as HTML."""
    return _templates.get_template(template).render(**values).strip()


def page(template: str, **values: Any) -> str:
    """Returns a whole page as HTML. `view` holds the parts that are rendered already."""
    return _templates.get_template(template).render(**values)


def render(state: ElectionState, key: PageKey) -> View:
    """Returns the view of a page. Raises KeyError if there is no such council or ward."""
    match key:
        case NightPage():
            return _night(state)
        case CouncilPage(council):
            return _council(state, _opened(state, council))
        case WardPage(council, ballot):
            return _ward(_opened(state, council), ballot)
        case _:
            assert_never(key)


def _opened(state: ElectionState, council: str) -> CouncilState:
    found = state.find(council)
    if found is None:
        raise KeyError(council)
    return found


def _night(state: ElectionState) -> View:
    councils = state.opened()
    totals_of_night = night_totals(councils)
    layout = map_of(councils)
    latest = list(reversed(state.alert_entries[-ALERTS_SHOWN:]))
    alerts = [parse_alert(data) for _, data in latest]
    fragments = {
        "progress": part("night/progress.html", night_totals=totals_of_night),
        "strip": part("night/strip.html", night_totals=totals_of_night),
    }
    for totals in councils:
        data = state.councils[totals.council].totals_json
        fragments[f"row-{element(totals.council)}"] = _row(data)
        fragments[f"tile-{element(totals.council)}"] = _tile(data, layout)
    retractions = {alert.retracts: alert for alert in alerts if alert.retracts}
    for (feed_id, _), alert in zip(latest, alerts, strict=True):
        fragments[f"alert-{alert.id}"] = _alert(alert, feed_id, retractions.get(alert.id), "night")
    orders = {
        f"stage-{name}": tuple(f"row-{element(totals.council)}" for totals in found)
        for name, found in ranked(councils).items()
    }
    orders["alerts"] = tuple(f"alert-{alert.id}" for alert in alerts)
    return View(fragments, orders, tuple(alert.text for alert in alerts))


def map_of(councils: list[CouncilTotals]) -> CouncilMap:
    """Returns the map of these councils, laid out only once while they stay the same."""
    return _map(tuple((_map_code(totals), totals.name) for totals in councils))


@lru_cache(maxsize=8)
def _map(councils: tuple[tuple[str, str], ...]) -> CouncilMap:
    return lay_out(councils)


def _map_code(totals: CouncilTotals) -> str:
    return totals.council_gss or totals.council


@lru_cache(maxsize=_CACHED_ROWS)
def _row(data: bytes) -> str:
    return part("night/row.html", totals=parse_totals(data))


def _tile(data: bytes, layout: CouncilMap) -> str:
    tile = layout.tiles[_map_code(parse_totals(data))]
    return _cached_tile(data, tile, squares=layout.squares)


@lru_cache(maxsize=_CACHED_ROWS)
def _cached_tile(data: bytes, tile: Tile, *, squares: bool) -> str:
    return part("night/tile.html", totals=parse_totals(data), tile=tile, squares=squares)


@lru_cache(maxsize=_CACHED_ROWS)
def _alert(alert: Alert, feed_id: str, withdrawn_by: Alert | None, place: AlertPlace) -> str:
    # When the feed was written says nothing about the night that a rehearsal replays.
    written_at = wording.feed_clock(feed_id) if alert.mode == "live" else ""
    time = wording.clock(alert.caused_at) or written_at
    return part("alert.html", alert=alert, time=time, withdrawn_by=withdrawn_by, place=place)


def _council(state: ElectionState, council: CouncilState) -> View:
    totals, wards = council.totals, council.wards
    alerts = list(reversed(council.alerts))
    retractions = {alert.retracts: alert for alert in alerts if alert.retracts}
    rows = party_rows(totals, wards)
    fragments = {
        "summary": part(
            "council/summary.html",
            totals=totals,
            bar=seat_bar(totals),
            deciders=deciders_left(totals, wards),
        ),
        "parties": part(
            "council/parties.html", totals=totals, rows=rows, others=also_stood(totals)
        ),
        "history": part("council/history.html", totals=totals, spells=history(totals)),
    }
    for ward in wards:
        name = f"ward-{element(ward.ballot_paper_id)}"
        fragments[name] = part("council/ward.html", ward=ward, totals=totals)
    feed_ids = {data: feed_id for feed_id, data in state.alert_entries}
    for alert, data in zip(alerts, reversed(council.alerts_json), strict=True):
        fragments[f"alert-{alert.id}"] = _alert(
            alert, feed_ids.get(data, BEGINNING), retractions.get(alert.id), "council"
        )
    orders = {
        "wards-to-come": _ward_ids(ward for ward in wards if not _is_finished(ward)),
        "wards-declared": _ward_ids(ward for ward in wards if _is_finished(ward)),
        "alerts": tuple(f"alert-{alert.id}" for alert in alerts),
    }
    announcements = [alert.text for alert in alerts]
    announcements += [wording.declaration(ward) for ward in wards if ward.seats_won]
    return View(fragments, orders, tuple(announcements))


def _is_finished(ward: WardTotals) -> bool:
    """Returns whether the count of a ward is finished."""
    match ward.status:
        case "declared" | "uncontested":
            return True
        case "waiting" | "tied" | "counting" | "recount" | "postponed" | "countermanded":
            return False
        case _:
            assert_never(ward.status)


def _ward_ids(wards: Iterable[WardTotals]) -> tuple[str, ...]:
    return tuple(f"ward-{element(ward.ballot_paper_id)}" for ward in wards)


def _ward(council: CouncilState, ballot: str) -> View:
    ward = next((ward for ward in council.wards if ward.ballot_paper_id == ballot), None)
    if ward is None:
        raise KeyError(ballot)
    return View({"result": part("ward/result.html", ward=ward, totals=council.totals)}, {}, ())
