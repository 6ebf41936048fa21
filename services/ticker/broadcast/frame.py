"""One or several server-sent events as they go to all who listen, encoded once for all of them."""

from __future__ import annotations

import zlib
from functools import cached_property, lru_cache
from typing import Final

from services.platform.open_stream import chunk

GZIP_LEVEL: Final = 6
"""zlib's own default; an event is compressed once, however many read it."""

GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Ten bytes that say: deflated, no name, no time, of no system (RFC 1952, 2.3)."""


class Frame:
    """Events as the HTML standard has them, and what goes over the wire of them.

    `plain` is one chunk of a response, and `gzipped` one of a response compressed with gzip. All
    share the same bytes: a compressed frame refers to nothing before it and ends at a byte (zlib's
    full flush), so that frames can follow each other in any stream.
    """

    def __init__(self, events: bytes) -> None:
        self.events = events

    def __len__(self) -> int:
        return len(self.events)

    @cached_property
    def plain(self) -> bytes:
        """The events as one chunk."""
        return chunk(self.events)

    @cached_property
    def gzipped(self) -> bytes:
        """The events compressed, as one chunk."""
        return chunk(deflated(self.events))


FRAMES_KEPT: Final = 64
"""Frames kept by their events: some 10 MB, if all of them are whole pages of a night."""


@lru_cache(maxsize=FRAMES_KEPT)
def frame_of(events: bytes) -> Frame:
    """Returns the frame of events, the same for all who are sent the same."""
    return Frame(events)


def deflated(data: bytes) -> bytes:
    """Returns bytes deflated so that they can follow, and be followed by, others so deflated."""
    compressor = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush(zlib.Z_FULL_FLUSH)
