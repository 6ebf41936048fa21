"""Entries on their way to the open pages: whose declarations are measured."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

from services.platform.origin import Origin
from services.ticker.feed.entry import Entry
from services.ticker.feed.shown_entries import ShownEntries

MS = 1_400_000_000_000


def entry(number: int, origin: Origin | None) -> Entry:
    return Entry(f"{number}-0", "totals", "local.x.2014-05-22", b"{}", is_sent=True, origin=origin)


def measured() -> tuple[float, float]:
    """Returns how many entries were measured, and their seconds in all."""
    count, total = (
        REGISTRY.get_sample_value(f"livecount_declaration_seconds_{name}", {"at": "page"}) or 0.0
        for name in ("count", "sum")
    )
    return count, total


def test_what_changed_pages_is_measured_from_its_declaration() -> None:
    """An entry that changed nothing is not, nor one that says no declaration."""
    changed, same, unsaid = entry(1, Origin(MS)), entry(2, Origin(MS)), entry(3, None)
    count, total = measured()
    shown = ShownEntries([changed, same, unsaid], clock=lambda: MS / 1_000 + 2.5)
    shown.end([changed, unsaid])

    assert measured()[0] == count + 1
    assert measured()[1] - total == pytest.approx(2.5, abs=1e-5)
