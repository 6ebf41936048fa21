"""Entries of a feed on their way to the open pages: how long their declarations took, and spans."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from services.platform import tracing
from services.platform.origin import arrived
from services.ticker.feed.entry import Entry


class ShownEntries:
    """Entries that have just been read, until the open pages have them.

    Those of one declaration have one span, in its trace. `clock` gives seconds since 1970.
    """

    def __init__(self, entries: Sequence[Entry], clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        traced = {
            entry.origin.traceparent: entry
            for entry in entries
            if entry.origin is not None and entry.origin.traceparent
        }
        self._spans = [
            tracing.begin(
                "show on pages",
                "consumer",
                [traceparent],
                {"livecount.council": entry.council, "livecount.feed_id": entry.id},
            )
            for traceparent, entry in traced.items()
        ]

    def end(self, new: Sequence[Entry]) -> None:
        """Measures those entries that changed something, and ends the spans."""
        now_s = self._clock()
        for entry in new:
            arrived("page", entry.origin, now_s)
        for span in self._spans:
            span.end()
