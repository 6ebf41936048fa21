"""The bodies that are in memory at the same time, and a limit of what they take together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

BODIES_MAX_BYTES: Final = 134_217_728
"""Bytes of all bodies in memory, read or being read, 128 MiB: a quarter of what a container has.
The largest body has 8 MiB, a usual one 3 kB."""


class Body:
    """One body that is being read, or whose events are being sent."""

    def __init__(self, timeout: asyncio.Timeout) -> None:
        self.content = bytearray()
        self.size_bytes = 0
        self._timeout = timeout

    def give_up(self) -> None:
        """Ends the reading of this body with TimeoutError."""
        self._timeout.reschedule(asyncio.get_running_loop().time())


class Bodies:
    """Every body in memory. If they grow too large, the one that came first is given up.

    Whoever sends slowly, or begins many and ends none, so loses to those who send at once. A body
    that has been read whole is never given up.
    """

    def __init__(self, bytes_max: int = BODIES_MAX_BYTES) -> None:
        self._bytes_max = bytes_max
        self._unfinished: dict[Body, None] = {}
        self._size_bytes = 0

    @contextmanager
    def opened(self, body: Body) -> Iterator[Body]:
        """Counts a body for as long as the context lasts."""
        self._unfinished[body] = None
        try:
            yield body
        finally:
            self._unfinished.pop(body, None)
            self._size_bytes -= body.size_bytes

    def add(self, body: Body, chunk: bytes) -> None:
        """Adds what has come of a body, and gives up older ones if all are too large."""
        body.content += chunk
        body.size_bytes += len(chunk)
        self._size_bytes += len(chunk)
        if self._size_bytes > self._bytes_max and self._unfinished:
            oldest = next(iter(self._unfinished))
            del self._unfinished[oldest]
            oldest.give_up()

    def finish(self, body: Body) -> bytes:
        """Returns a body that has been read whole."""
        self._unfinished.pop(body, None)
        content = bytes(body.content)
        body.content.clear()
        return content
