"""The last entries of an election's feed, kept in memory so that a reader can resume."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import structlog

from services.ticker.feed.parsing import fault

RING_ENTRIES: Final = 8_192
"""Entries kept for resuming. A night of 143 councils and 1,700 wards makes some 4,000 entries;
whoever is further behind than twice that is quicker with a new snapshot."""

BEGINNING: Final = "0-0"
"""The id before the first entry of any Redis stream."""

UNREADABLE: Final = "unreadable"
"""The kind of an entry that this ticker cannot read."""

_log = structlog.get_logger()

_FEED_ID = re.compile(r"\d{1,20}-\d{1,20}")


def is_feed_id(text: str) -> bool:
    """Tells whether a text has the form of a feed id, such as `1716403800000-0`."""
    return _FEED_ID.fullmatch(text) is not None


def milliseconds(feed_id: str) -> int:
    """Returns when an entry was written, in milliseconds since 1970; 0 for the beginning."""
    return int(feed_id.partition("-")[0])


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed: what changed, and the whole of what it is now, as JSON."""

    id: str
    kind: str
    council: str
    data: bytes
    frame: bytes

    @classmethod
    def read(cls, feed_id: bytes, fields: dict[bytes, bytes]) -> Entry:
        """Returns the entry of a Redis stream, with its server-sent event already encoded.

        One that cannot be read is logged, keeps its place and says nothing.
        A raw line break would end a server-sent event's field. JSON has them between its
        tokens alone, so a space stands in for each.
        """
        kind = fields.get(b"type", b"").decode("utf-8", "replace")
        data = fields.get(b"data", b"").replace(b"\r", b" ").replace(b"\n", b" ")
        wrong = fault(kind, data)
        if wrong:
            _log.error("feed entry cannot be read", feed_id=feed_id.decode(), fault=wrong)
            return cls(feed_id.decode(), UNREADABLE, "", data, b"")
        return cls(
            id=feed_id.decode(),
            kind=kind,
            council=fields[b"council"].decode(),
            data=data,
            frame=b"id: %s\nevent: %s\ndata: %s\n\n" % (feed_id, kind.encode(), data),
        )

    def unheard(self) -> Entry:
        """Returns the entry as one that says nothing new: it keeps its place, and is not told."""
        return replace(self, frame=b"")


class Ring:
    """The newest entries of one feed, oldest first, with the id that stands before them.

    `floor` is the id after which nothing is missing here, or None where that is not known.
    """

    def __init__(self, entries: Iterable[Entry] = (), *, limit: int = RING_ENTRIES) -> None:
        self._limit = limit
        self._entries: deque[Entry] = deque()
        self._places: dict[str, int] = {}
        self._taken = 0
        self.floor: str | None = None
        for entry in entries:
            self.append(entry)
        if not self._entries:
            self.floor = BEGINNING

    def append(self, entry: Entry) -> None:
        """Adds the next entry, and lets go of the oldest where the ring is full."""
        self._places[entry.id] = self._taken
        self._entries.append(entry)
        self._taken += 1
        if len(self._entries) > self._limit:
            self.floor = self._entries.popleft().id
            del self._places[self.floor]

    def after(self, feed_id: str) -> list[Entry] | None:
        """Returns all entries after an id, oldest first; None where some may be missing.

        None is the answer for any id that is neither an entry here nor the one right before
        the first: the feed was cut or rebuilt meanwhile, so only a new snapshot is right.
        """
        if feed_id == self.floor:
            return list(self._entries)
        place = self._places.get(feed_id)
        if place is None:
            return None
        first = self._taken - len(self._entries)
        return list(islice(self._entries, place - first + 1, None))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    @property
    def first(self) -> str | None:
        """The id of the oldest entry kept; None while there is none."""
        return self._entries[0].id if self._entries else None

    @property
    def last(self) -> str | None:
        """The id of the newest entry; None while there is none."""
        return self._entries[-1].id if self._entries else None
