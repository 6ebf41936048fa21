"""How an alert is said aloud: who takes or loses which council, in a few words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from schemas.alert import Alert
from schemas.party import NOC
from schemas.ward_totals import WardTotals
from services.pages.announcement import Announcement
from services.ticker.pages.party_style import party_style
from services.ticker.pages.wording import declaration

_SAID: Final = {
    "con": "Conservatives",
    "ld": "Liberal Democrats",
    "lab": "Labour",
    "green": "Greens",
    "ind": "Independents",
    "pc": "Plaid Cymru",
}
"""The usual names of parties, by the style of each, where its short name cannot be said."""


def news(alerts: Iterable[Alert]) -> tuple[Announcement, ...]:
    """Returns alerts as they are said, without those that another says as well."""
    return tuple(spoken(alert) for alert in alerts if alert.told_by is None)


def spoken(alert: Alert) -> Announcement:
    """Returns an alert as it is said: changes of control in few words and first.

    So is what withdraws a call, because whoever heard that must hear this.
    """
    if alert.kind != "control" or alert.council is None:
        # What follows the first semicolon is why, which is on the page.
        return Announcement(alert.text.partition(";")[0], 2, noun="alert")
    if alert.action == "retract":
        return Announcement(alert.text, 0, "Withdrawn, the call of", alert.name, "alert")
    about = _about(alert)
    return Announcement(alert.text, 0 if alert.change else 1, about, alert.name, "alert")


def spoken_declaration(ward: WardTotals) -> Announcement:
    """Returns a ward's result as it is said."""
    return Announcement(declaration(ward), 2, noun="result")


def _about(alert: Alert) -> str:
    before, after = _said(alert.from_), _said(alert.to)
    match alert.outcome:
        case "gain" | "gain_from_noc":
            return f"{after} gain"
        case "loss_to_noc":
            return f"{before} lose"
        case "hold":
            return f"{after} hold"
        case "noc_hold":
            return "Still no majority in"
        case _:
            return "No majority in" if alert.to == NOC else f"{after} win"


def _said(control: str | None) -> str:
    style = party_style(control)
    return _SAID.get(style.style, style.short)
