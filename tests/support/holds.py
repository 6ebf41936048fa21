"""What the desk says about alerts, for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from schemas.hold import AlertsHeldBack, AlertsReleased

BARNET = "local.barnet.2014-05-22"
SAID_AT = datetime(2014, 5, 23, 1, 0, tzinfo=UTC)


def hold(seconds: int, **fields: Any) -> AlertsHeldBack:
    """Returns a hold of all alerts, with some fields otherwise."""
    given: dict[str, Any] = {"by": "Ann", "reason": "one source", "at": SAID_AT}
    return AlertsHeldBack(**(given | {"seconds": seconds} | fields))


def release(*alerts: str, **fields: Any) -> AlertsReleased:
    """Returns a ruling that alerts of Barnet are sent, with some fields otherwise."""
    given: dict[str, Any] = {
        "council": BARNET,
        "alerts": alerts,
        "ruling": "send",
        "by": "Ben",
        "reason": "confirmed",
        "at": SAID_AT,
    }
    return AlertsReleased(**(given | fields))
