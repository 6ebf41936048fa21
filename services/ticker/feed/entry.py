"""One entry of an election's feed."""

from __future__ import annotations

import re
import sys
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from services.platform.origin import Origin, of_entry
from services.ticker.broken import report
from services.ticker.feed.parsing import READABLE_KINDS, ReadableKind, brief, fault, readable_kind

BEGINNING: Final = "0-0"
"""The id before the first entry of any Redis stream."""

EntryKind = ReadableKind | Literal["unreadable"]

FEED_ID: Final = "[0-9]{1,20}-[0-9]{1,20}"
"""The pattern of a feed id."""

_FEED_ID = re.compile(FEED_ID)

_PACKING_LEVEL: Final = 1
"""The fastest: the names of fields, which are most of the text, are found at any level."""


def is_feed_id(text: str) -> bool:
    """Returns whether a text has the form of a feed id, such as `1716403800000-0`."""
    return _FEED_ID.fullmatch(text) is not None


def milliseconds(feed_id: str) -> int:
    """Returns when an entry was written, in milliseconds since 1970; 0 for the beginning."""
    return int(feed_id.partition("-")[0])


def as_of(feed_id: str) -> str:
    """Returns when an entry was written as ISO 8601 in UTC, to the second; blank for BEGINNING."""
    if feed_id == BEGINNING:
        return ""
    return datetime.fromtimestamp(milliseconds(feed_id) // 1_000, UTC).isoformat()


def is_after(feed_id: str, other: str) -> bool:
    """Returns whether an entry was written after another, by their ids."""
    return _places(feed_id) > _places(other)


def _places(feed_id: str) -> tuple[int, int]:
    time_ms, _, number = feed_id.partition("-")
    return int(time_ms), int(number or 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed: the whole new state of what changed, as JSON.

    `council` is empty for what is about the whole night. `is_sent` says whether it is sent to
    subscribers. `lost` is what an entry of kind `unreadable` was to replace; None if not known.
    `is_packed` says that `data` has to be unpacked first. `origin` is the declaration that it
    follows from; None if that is not told.
    """

    id: str
    kind: EntryKind
    council: str
    data: bytes
    is_sent: bool = False
    lost: ReadableKind | None = None
    is_packed: bool = False
    origin: Origin | None = None

    @classmethod
    def read(cls, feed_id: bytes, fields: dict[bytes, bytes]) -> Entry:
        """Returns the entry of a Redis stream.

        An entry that cannot be read is reported and becomes one of kind `unreadable`, which keeps
        its place in the feed and is not sent. Line breaks would end a field of a server-sent
        event. In JSON they occur only between tokens, so each is replaced with a space.
        """
        name = fields.get(b"type", b"").decode("utf-8", "replace")
        data = fields.get(b"data", b"").replace(b"\r", b" ").replace(b"\n", b" ")
        # A night has thousands of entries of the same few hundred councils.
        council = sys.intern(fields.get(b"council", b"").decode("utf-8", "replace"))
        kind = readable_kind(name)
        if kind is None:
            wrong = f"type: {name!r} is none of {', '.join(READABLE_KINDS)}"
        else:
            wrong = fault(kind, data, council)
        if kind is None or wrong:
            report("entry", f"{council} {feed_id.decode()}", wrong)
            return cls(feed_id.decode(), "unreadable", council, data, lost=kind)
        return cls(
            id=feed_id.decode(),
            kind=kind,
            council=council,
            data=data,
            is_sent=True,
            origin=of_entry(fields),
        )

    @property
    def frame(self) -> bytes:
        """The server-sent event for it; empty if it is not to be sent.

        It is put together each time, as to keep it would double the memory of a night's entries.
        """
        if not self.is_sent:
            return b""
        sent = brief(self.data) if self.kind == "national" else self.data
        return b"id: %s\nevent: %s\ndata: %s\n\n" % (self.id.encode(), self.kind.encode(), sent)

    def unsent(self) -> Entry:
        """Returns a copy that keeps its place in the feed but is not sent to subscribers."""
        return replace(self, is_sent=False)

    def packed(self) -> Entry:
        """Returns a copy that is not sent either, and takes a fraction of the memory."""
        if self.is_packed:
            return self
        packed = zlib.compress(self.data, _PACKING_LEVEL)
        return replace(self, is_sent=False, data=packed, is_packed=True)

    def unpacked(self) -> Entry:
        """Returns the entry with its data as it was read."""
        if not self.is_packed:
            return self
        return replace(self, data=zlib.decompress(self.data), is_packed=False)
