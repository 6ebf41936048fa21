"""What an alert is called on a page."""

from __future__ import annotations

from typing import assert_never

from schemas.alert import Alert
from services.ticker.pages.wording import alert_kind


def alert_label(alert: Alert) -> str:
    """Returns the label of an alert: its beat in words, else its kind; or that it withdraws one."""
    if alert.action == "retract":
        return alert_kind(alert)
    match alert.beat:
        case "flash":
            return "Called"
        case "final":
            return "Full result"
        case None:
            return alert_kind(alert)
        case _:
            assert_never(alert.beat)


def alert_title(alert: Alert) -> str:
    """Returns the title of an alert's own page, such as `Sheffield: Full result`."""
    return f"{alert.name}: {alert_label(alert)}" if alert.council else alert_label(alert)
