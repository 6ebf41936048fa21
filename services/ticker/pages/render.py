"""Views as HTML: each changing part by itself, so that a page and an update share one template."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from schemas.alert import Alert
from schemas.totals import CouncilTotals, WardTotals
from services.ticker.broadcast.live_view import View
from services.ticker.desk.failures import what_to_do
from services.ticker.feed.election_state import CouncilCount, Night
from services.ticker.feed.entry import BEGINNING
from services.ticker.feed.parsing import parse_alert, parse_totals
from services.ticker.pages import wording
from services.ticker.pages.assets import asset_url
from services.ticker.pages.council_map import Map, lay_out
from services.ticker.pages.council_page import (
    also_stood,
    deciders_left,
    history,
    party_rows,
    seat_bar,
    why,
)
from services.ticker.pages.night_totals import headline
from services.ticker.pages.party_style import party_style
from services.ticker.pages.ranking import by_drama, contenders, is_nearest_to_none, seats_to_none

ALERTS_SHOWN = 40
"""Alerts on the night page: more than anyone scrolls; each council's page has all of its own."""

_CACHED_ROWS = 2_048
"""Rows and tiles of more councils than any night has, so that each is rendered once a change."""


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
        "moment": wording.moment,
        "element": element,
        "ward_state": wording.ward_state,
        "correction": wording.correction,
        "alert_kind": wording.alert_kind,
        "dated": wording.dated,
        "reject_reason": wording.reject_reason,
    }
    environment.globals |= {
        "asset_url": asset_url,
        "count": wording.count,
        "party_style": party_style,
        "contenders": contenders,
        "is_nearest_to_none": is_nearest_to_none,
        "seats_to_none": seats_to_none,
        "what_to_do": what_to_do,
        "why": why,
    }
    return environment


_templates = _environment()


def part(template: str, **values: Any) -> str:
    """Returns one changing part of a page as HTML."""
    return _templates.get_template(template).render(**values).strip()


def render(night: Night, key: str) -> View:
    """Returns a view: `night`, `council <id>` or `ward <council> <ballot>`.

    Raises KeyError where the night has no such council or ward.
    """
    kind, _, rest = key.partition(" ")
    if kind == "night":
        return _night(night)
    council, _, ballot = rest.partition(" ")
    found = night.find(council)
    if found is None:
        raise KeyError(council)
    if kind == "ward":
        return _ward(found, ballot)
    return _council(night, found)


def _night(night: Night) -> View:
    councils = night.opened()
    strip = headline(councils)
    layout = map_of(councils)
    stages = by_drama(councils)
    latest = list(reversed(night.told[-ALERTS_SHOWN:]))
    alerts = [parse_alert(data) for _, data in latest]
    fragments = {
        "progress": part("night/progress.html", strip=strip),
        "strip": part("night/strip.html", strip=strip),
    }
    for totals in councils:
        data = night.councils[totals.council].totals_json
        fragments[f"row-{element(totals.council)}"] = _row(data)
        fragments[f"tile-{element(totals.council)}"] = _tile(data, layout)
    withdrawn = {alert.retracts: alert for alert in alerts if alert.retracts}
    for (at, _), alert in zip(latest, alerts, strict=True):
        fragments[f"alert-{alert.id}"] = _alert(alert, at, withdrawn.get(alert.id), "council")
    orders = {
        f"stage-{name}": tuple(f"row-{element(totals.council)}" for totals in found)
        for name, found in stages.items()
    }
    orders["alerts"] = tuple(f"alert-{alert.id}" for alert in alerts)
    return View(fragments, orders, _sayings(alerts))


def map_of(councils: list[CouncilTotals]) -> Map:
    """Returns the map of these councils, laid out once as long as they stay the same."""
    return _map(tuple((totals.council_gss or totals.council, totals.name) for totals in councils))


@lru_cache(maxsize=8)
def _map(places: tuple[tuple[str, str], ...]) -> Map:
    return lay_out(places)


@lru_cache(maxsize=_CACHED_ROWS)
def _row(data: bytes) -> str:
    return part("night/row.html", totals=parse_totals(data))


def _tile(data: bytes, layout: Map) -> str:
    return _cached_tile(data, layout.tiles[_place(parse_totals(data))], squares=layout.squares)


def _place(totals: CouncilTotals) -> str:
    return totals.council_gss or totals.council


@lru_cache(maxsize=_CACHED_ROWS)
def _cached_tile(data: bytes, tile: Any, *, squares: bool) -> str:
    return part("night/tile.html", totals=parse_totals(data), tile=tile, squares=squares)


@lru_cache(maxsize=_CACHED_ROWS)
def _alert(alert: Alert, at: str, withdrawn_by: Alert | None, where: str) -> str:
    # A rehearsal's own clock says nothing of the night it tells.
    told_at = wording.feed_clock(at) if alert.mode == "live" else ""
    time = wording.clock(alert.caused_at) or told_at
    return part("alert.html", alert=alert, time=time, withdrawn_by=withdrawn_by, where=where)


def _sayings(alerts: list[Alert]) -> tuple[str, ...]:
    return tuple(alert.text for alert in alerts)


def _council(night: Night, council: CouncilCount) -> View:
    totals, wards = council.totals, council.wards
    alerts = list(reversed(council.alerts))
    withdrawn = {alert.retracts: alert for alert in alerts if alert.retracts}
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
    came_at = {data: at for at, data in night.told}
    for alert, data in zip(alerts, reversed(council.alerts_json), strict=True):
        at = came_at.get(data, BEGINNING)
        fragments[f"alert-{alert.id}"] = _alert(alert, at, withdrawn.get(alert.id), "ward")
    orders = {
        "wards-to-come": _ward_ids(ward for ward in wards if not is_counted(ward)),
        "wards-declared": _ward_ids(ward for ward in wards if is_counted(ward)),
        "alerts": tuple(f"alert-{alert.id}" for alert in alerts),
    }
    read_out = tuple(wording.declaration(ward) for ward in wards if ward.seats_won)
    return View(fragments, orders, (*_sayings(alerts), *read_out))


def is_counted(ward: WardTotals) -> bool:
    """Tells whether nothing more is to come from a ward."""
    return ward.status in {"declared", "uncontested"}


def _ward_ids(wards: Iterable[WardTotals]) -> tuple[str, ...]:
    return tuple(f"ward-{element(ward.ballot_paper_id)}" for ward in wards)


def _ward(council: CouncilCount, ballot: str) -> View:
    ward = next((ward for ward in council.wards if ward.ballot_paper_id == ballot), None)
    if ward is None:
        raise KeyError(ballot)
    whole = part("ward/result.html", ward=ward, totals=council.totals)
    return View({"result": whole}, {}, ())


def page(template: str, **values: Any) -> str:
    """Returns a whole page. Parts that are HTML already come as `view`."""
    return _templates.get_template(template).render(**values)
