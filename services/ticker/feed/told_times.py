"""What a feed has said of each council: when it last changed, and when it was last expected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from schemas.base import EARLIEST, LATEST
from services.ticker.feed.entry import Entry, milliseconds

_EXPECTED: Final = re.compile(rb'"expected_at":"([0-9T:.Z+-]{10,40})"')
"""The time at which a ward is expected, in JSON as the aggregator writes it. To read thousands of
entries as models would take a second."""


@dataclass(slots=True)
class ToldTimes:
    """What the feed has said of a council's times.

    `changed_ms` is when it last said anything of the council, in milliseconds since 1970.
    `expected_at` is the latest time at which any ward of it was ever expected, None if none was.
    """

    changed_ms: int = 0
    expected_at: datetime | None = None


def told_times(entries: Iterable[Entry]) -> dict[str, ToldTimes]:
    """Returns what the entries of a feed say of each council's times; oldest entries first."""
    found: dict[str, ToldTimes] = {}
    for entry in entries:
        if entry.kind not in {"totals", "ward", "ward_gone"}:
            continue
        told = found.setdefault(entry.council, ToldTimes())
        told.changed_ms = max(told.changed_ms, milliseconds(entry.id))
        match = _EXPECTED.search(entry.data) if entry.kind == "ward" else None
        moment = None if match is None else _time(match[1].decode())
        if moment is not None and (told.expected_at is None or moment > told.expected_at):
            told.expected_at = moment
    return found


def _time(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        is_possible = EARLIEST <= moment < LATEST
    except (ValueError, TypeError):
        return None
    return moment if is_possible else None
