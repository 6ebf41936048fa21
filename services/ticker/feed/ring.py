"""The newest entries of an election's feed, kept in memory so that clients can resume."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from services.ticker.feed.entry import BEGINNING, Entry

RING_ENTRIES: Final = 8_192
"""Entries kept for resuming. A night of 143 councils and 1,700 wards makes some 4,000 entries;
a client that has missed more than twice that is served faster with a new snapshot."""


class Ring:
    """The newest entries of one feed, oldest first.

    `floor` is the id right before the first entry here, or None if that is not known. Of the
    night's totals, each of which replaces the one before and has all parties, only the newest is
    sent; those before are kept packed, for pages of the past.
    """

    def __init__(self, entries: Iterable[Entry] = (), *, limit: int = RING_ENTRIES) -> None:
        self._limit = limit
        self._entries: deque[Entry] = deque()
        self._numbers: dict[str, int] = {}
        self._appended = 0
        self._national: int | None = None
        self.floor: str | None = None
        for entry in entries:
            self.append(entry)
        if not self._entries:
            self.floor = BEGINNING

    def append(self, entry: Entry) -> None:
        """Adds the next entry, and drops the oldest if the ring is full."""
        if entry.kind == "national":
            self._pack_national()
            self._national = self._appended
        self._numbers[entry.id] = self._appended
        self._entries.append(entry)
        self._appended += 1
        if len(self._entries) > self._limit:
            self.floor = self._entries.popleft().id
            del self._numbers[self.floor]

    def _pack_national(self) -> None:
        first = self._appended - len(self._entries)
        if self._national is not None and self._national >= first:
            place = self._national - first
            self._entries[place] = self._entries[place].packed()

    def after(self, feed_id: str) -> list[Entry] | None:
        """Returns all entries after an id, oldest first; None if some may be missing.

        They may be missing for any id that is neither that of an entry here nor `floor`: the
        feed was trimmed or rebuilt since, and the client needs a new snapshot.
        """
        if feed_id == self.floor:
            return list(self._entries)
        number = self._numbers.get(feed_id)
        if number is None:
            return None
        first = self._appended - len(self._entries)
        return list(islice(self._entries, number - first + 1, None))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    @property
    def first(self) -> str | None:
        """The id of the oldest entry; None if there is none."""
        return self._entries[0].id if self._entries else None

    @property
    def last(self) -> str | None:
        """The id of the newest entry; None if there is none."""
        return self._entries[-1].id if self._entries else None
