"""Entries of a feed as server-sent events, and what many readers missed, encoded once for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from services.ticker.broadcast.frame import Frame
from services.ticker.broadcast.subscriber import FeedFilter
from services.ticker.feed.entry import Entry

KEPT: Final = 64
"""Frames that are kept. After a restart readers come back by the thousand, with a handful of last
ids and filters."""

KEPT_BYTES_MAX: Final = 524_288
"""What one of them may have, 512 KiB: half a minute of a busy night. Those who missed more than a
restart takes are few, and no two of them missed the same."""

NOTHING: Final = Frame(b"")

_Range = tuple[str, str, FeedFilter, int]


def encoded(entries: Iterable[Entry], feed_filter: FeedFilter) -> Frame:
    """Returns the entries that a filter includes, as server-sent events."""
    return Frame(
        b"".join(
            entry.frame for entry in entries if feed_filter.includes(entry.kind, entry.council)
        )
    )


class Missed:
    """What readers missed: the same frame for all who missed the same, so compressed once."""

    def __init__(self) -> None:
        self._frames: dict[_Range, Frame] = {}

    def frame(self, entries: Sequence[Entry], feed_filter: FeedFilter, loads: int) -> Frame:
        """Returns the entries that a filter includes; `loads` tells feeds with the same ids apart.

        The entries are all between the first and the last of them.
        """
        if not entries:
            return NOTHING
        key = (entries[0].id, entries[-1].id, feed_filter, loads)
        found = self._frames.get(key)
        if found is None:
            found = encoded(entries, feed_filter)
            if len(found) <= KEPT_BYTES_MAX:
                self._frames[key] = found
            if len(self._frames) > KEPT:
                del self._frames[next(iter(self._frames))]
        return found
