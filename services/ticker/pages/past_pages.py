"""Pages as they stood at an earlier time: few are rendered at once, and each is kept."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

from services.ticker.feed.history import STEP_MS

KEPT_BYTES_MAX: Final = 33_554_432
"""Pages kept, 32 MiB: some hundred of a large night."""

WAITING_MAX: Final = 64
"""Requests that wait for a page of the past. Each takes some 20 ms to render, so that the last of
them waits for little more than a second; more are asked to try again."""


class PastIsBusyError(Exception):
    """So many pages of the past are being rendered that one more would take seconds."""


def rounded(time_ms: int) -> int:
    """Returns a time rounded down to STEP_MS."""
    return time_ms - time_ms % STEP_MS


class PastPages:
    """Renders one page of the past at a time, beside the event loop, and keeps it."""

    def __init__(self, kept_bytes_max: int = KEPT_BYTES_MAX) -> None:
        self._kept_bytes_max = kept_bytes_max
        self._pages: OrderedDict[Hashable, bytes] = OrderedDict()
        self._kept_bytes = 0
        self._rendering = asyncio.Lock()
        self._waiting = 0

    async def get(self, key: Hashable, prepare: Callable[[], Callable[[], bytes]]) -> bytes:
        """Returns a page that is kept under a key, or renders and keeps it.

        `prepare` is called in the event loop once it is this page's turn; what it returns renders
        the page in a thread, so that must not use what the event loop changes. Raises
        PastIsBusyError if WAITING_MAX requests wait already, and whatever the two raise.
        """
        if key in self._pages:
            self._pages.move_to_end(key)
            return self._pages[key]
        if self._waiting >= WAITING_MAX:
            raise PastIsBusyError("many readers look at the past just now; try again in a second")
        self._waiting += 1
        try:
            async with self._rendering:
                # Whoever waited before may have wanted the same page.
                if key not in self._pages:
                    self._keep(key, await asyncio.to_thread(prepare()))
                return self._pages[key]
        finally:
            self._waiting -= 1

    def _keep(self, key: Hashable, page: bytes) -> None:
        self._pages[key] = page
        self._kept_bytes += len(page)
        while self._kept_bytes > self._kept_bytes_max and len(self._pages) > 1:
            _, dropped = self._pages.popitem(last=False)
            self._kept_bytes -= len(dropped)
