"""Alerts as parts of pages: beside a night or a council, all of them, and one alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal

from schemas.alert import Alert
from services.pages.language import SOURCE_LANGUAGE, Language
from services.pages.live_view import View
from services.ticker.broadcast.page_key import KINDS, AlertPage, AlertsPage, UnknownPageError
from services.ticker.broken import report
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.parsing import parse_alert, parse_ward
from services.ticker.pages import welsh_wording, wording
from services.ticker.pages.alert_kinds import block, is_of, older_page, pages
from services.ticker.pages.alert_wording import alert_title
from services.ticker.pages.phase import phase
from services.ticker.pages.spoken import news
from services.ticker.pages.templates import part

AlertPlace = Literal["night", "council", "alerts", "alert"]
"""The page that an alert is on. All but the council's name the council; the council's and the
alert's own have the proof."""

_CACHED_ALERTS: Final = 4_096
"""More alerts than a night has, on its page and on their own, so that each is rendered once."""

Entries = Sequence[tuple[str, Alert]]
"""Alerts, each with the feed id that it came with."""


def alert_fragments(
    state: ElectionState,
    entries: Entries,
    place: AlertPlace,
    language: Language = SOURCE_LANGUAGE,
) -> dict[str, str]:
    """Returns alerts as fragments by element id, without those that cannot be shown.

    `entries` have what withdraws one of them, too, if that is on the page. What cannot be shown
    is reported.
    """
    withdrawals = {alert.retracts: alert for _, alert in entries if alert.retracts}
    fragments: dict[str, str] = {}
    for feed_id, alert in entries:
        try:
            withdrawn_by = withdrawals.get(alert.id)
            wards = _wards_about(state, alert)
            fragments[alert_element(alert)] = _alert(
                alert, feed_id, withdrawn_by, place, wards, language
            )
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is this alert's only
            report("alert", f"{alert.council} {alert.id}", error)
    return fragments


def alert_ids(alerts: Iterable[Alert], fragments: dict[str, str]) -> tuple[str, ...]:
    """Returns the elements of those alerts that could be shown."""
    return tuple(name for alert in alerts if (name := alert_element(alert)) in fragments)


def alert_element(alert: Alert) -> str:
    """Returns the id of an alert's element."""
    return f"alert-{alert.id}"


def alert_counts(state: ElectionState, shown: str = "") -> str:
    """Returns the links to all alerts and to those of each kind, with how many there are.

    `shown` is the kind that the page has; blank for a page that has only the newest.
    """
    alerts = [parse_alert(data) for _, data in state.alert_entries]
    counts = [(kinds, sum(is_of(alert, kinds) for alert in alerts)) for kinds in KINDS]
    return part("alerts/kinds.html", election=state.election, counts=counts, shown=shown)


def alerts_view(state: ElectionState, key: AlertsPage) -> View:
    """Returns a page of all alerts of some kinds.

    Raises UnknownPageError if it would have none, unless it is the page of the newest.
    """
    every = [(feed_id, parse_alert(data)) for feed_id, data in state.alert_entries]
    found = [each for each in every if is_of(each[1], key.kinds)]
    if key.page is not None and not 1 <= key.page <= pages(len(found)):
        raise UnknownPageError(f"page {key.page}")
    shown = list(reversed(block(found, key.page)))
    here = {alert.id for _, alert in shown}
    withdrawals = [each for each in every if each[1].retracts in here and each[1].id not in here]
    fragments = alert_fragments(state, [*shown, *withdrawals], "alerts")
    orders = {"alerts": alert_ids([alert for _, alert in shown], fragments)}
    fragments = {name: html for name, html in fragments.items() if name in orders["alerts"]}
    fragments["alert-kinds"] = alert_counts(state, key.kinds)
    fragments["alert-pages"] = part(
        "alerts/pages.html",
        election=state.election,
        kinds=key.kinds,
        page=key.page,
        pages=pages(len(found)),
        older=older_page(len(found), key.page),
    )
    fragments["phase"] = phase(state)
    announced = () if key.page else news(alert for _, alert in shown)
    return View(fragments, orders, announced)


def alert_view(state: ElectionState, key: AlertPage) -> View:
    """Returns the page of one alert, and below it what withdraws it.

    Raises UnknownPageError if there is no such alert.
    """
    shown = [(feed_id, parse_alert(data)) for feed_id, data in state.alerts_of(key.alert)]
    if not shown:
        raise UnknownPageError(key.alert)
    fragments = alert_fragments(state, shown, "alert")
    orders = {"alerts": alert_ids([alert for _, alert in shown], fragments)}
    fragments["phase"] = phase(state, title=alert_title(shown[0][1]))
    return View(fragments, orders, ())


def _wards_about(state: ElectionState, alert: Alert) -> tuple[tuple[str, str], ...]:
    """Returns the ballots that a council hangs on, each with the name of its ward."""
    council = state.councils.get(alert.council or "")
    if alert.kind != "decider" or council is None:
        return ()
    stored = ((ballot, council.wards_json.get(ballot)) for ballot in alert.ballots)
    return tuple((ballot, parse_ward(data).ward) for ballot, data in stored if data)


@lru_cache(maxsize=_CACHED_ALERTS)
def _alert(  # noqa: PLR0913, PLR0917 -- each is a part of what an alert looks like
    alert: Alert,
    feed_id: str,
    withdrawn_by: Alert | None,
    place: AlertPlace,
    wards: tuple[tuple[str, str], ...],
    language: Language,
) -> str:
    # When the feed was written says nothing about the night that a rehearsal replays.
    of = alert.council or alert.election
    said = wording if language == SOURCE_LANGUAGE else welsh_wording
    written_at = said.feed_clock(feed_id, of) if alert.mode == "live" else ""
    time = said.clock(alert.caused_at, of) or written_at
    return part(
        "alert.html",
        alert=alert,
        time=time,
        withdrawn_by=withdrawn_by,
        place=place,
        wards=wards,
        language=language,
    )
