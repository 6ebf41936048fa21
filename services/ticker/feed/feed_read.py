"""A feed while it is read from its beginning."""

from __future__ import annotations

from collections.abc import Iterable

from services.platform.names import FEED_ENTRIES_MAX
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import Entry
from services.ticker.feed.history import History, Place, note_newest
from services.ticker.feed.known_from import KnownFrom
from services.ticker.feed.ring import Ring


class FeedRead:
    """What is made of a feed: the ring of its newest entries, its history, and its alerts.

    A feed has at most `entries_max` entries, or a few more, and those before fell out.
    """

    def __init__(self, *, entries_max: int = FEED_ENTRIES_MAX) -> None:
        self._entries_max = entries_max
        self.alerts: list[Entry] = []
        self._ring: Ring | None = None
        self._history = History()
        self._known_from = KnownFrom()
        self._newest: dict[Place, bytes] = {}

    @property
    def ring(self) -> Ring:
        """The newest entries."""
        return Ring() if self._ring is None else self._ring

    def add(self, entries: Iterable[Entry]) -> None:
        """Adds the next entries, oldest first."""
        for entry in entries:
            if self._ring is None:
                self._ring = Ring([entry])
            else:
                self._ring.append(entry)
            self._history.append(entry)
            self._known_from.add(entry)
            if entry.kind == "alert":
                self.alerts.append(entry)
            note_newest(entry, self._newest)

    def history_until(self, state: ElectionState) -> History:
        """Returns the history of the feed, which leads to `state`."""
        self._history.known_from(self._known_from.time_ms(self._entries_max))
        self._history.doubt(self._newest, state)
        return self._history
