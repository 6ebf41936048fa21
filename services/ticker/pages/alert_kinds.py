"""The kinds of alerts that readers can ask for, and the blocks that their pages have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, assert_never

from schemas.alert import Alert
from services.ticker.broadcast.page_key import AlertKinds

PAGE_ALERTS: Final = 50
"""Alerts on one page: some 100 kB, and more than anyone reads at a time."""


def is_of(alert: Alert, kinds: AlertKinds) -> bool:
    """Returns whether an alert is of the kinds. What withdraws an alert is of the kind of that."""
    match kinds:
        case "all":
            return True
        case "changes":
            return alert.kind == "control" and (alert.change is True or alert.action == "retract")
        case "control":
            return alert.kind == "control"
        case "results":
            return alert.kind == "result"
        case _:
            assert_never(kinds)


def kinds_title(kinds: AlertKinds) -> str:
    """Returns what readers call alerts of the kinds."""
    match kinds:
        case "all":
            return "All"
        case "changes":
            return "Changes of control"
        case "control":
            return "Control of councils"
        case "results":
            return "Full results"
        case _:
            assert_never(kinds)


def pages(alerts: int) -> int:
    """Returns how many pages so many alerts have; the first has the oldest, and stays as it is."""
    return -(-alerts // PAGE_ALERTS)


def block(alerts: Sequence[tuple[str, Alert]], page: int | None) -> Sequence[tuple[str, Alert]]:
    """Returns those of a page, from 1; the newest without one. They stay oldest first."""
    if page is None:
        return alerts[-PAGE_ALERTS:]
    return alerts[(page - 1) * PAGE_ALERTS : page * PAGE_ALERTS]


def older_page(alerts: int, page: int | None) -> int | None:
    """Returns the page with the alerts that come before those of a page; None if there are none.

    Where the newest 50 begin within a page, that is the page which they begin in.
    """
    older = alerts - PAGE_ALERTS if page is None else (page - 1) * PAGE_ALERTS
    return pages(older) if older > 0 else None
