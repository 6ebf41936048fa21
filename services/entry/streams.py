"""The desk's list as a stream of events, for as long as the session lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from services.entry.desk_list import DeskList

STREAMS_MAX: Final = 64
"""Streams of one process: more pages than a desk has open. Only who is signed in can open one."""

HEARTBEAT_S: Final = 15.0
"""Proxies cut connections that are silent for 30 to 60 seconds; half of the shorter is safe."""

HEARTBEAT: Final = b"event: beat\ndata: {}\n\n"

RELOAD: Final = b"event: reload\ndata: {}\n\n"
"""Has a page load itself again; without a session it is the page to sign in."""


class Streams:
    """The open streams of this process."""

    def __init__(self, listed: DeskList) -> None:
        self._listed = listed
        self._open = 0
        self._closed = False

    @property
    def is_full(self) -> bool:
        """Whether as many are open as one process serves."""
        return self._open >= STREAMS_MAX

    def close(self) -> None:
        """Ends every stream, and every later one at once, so that the process can stop."""
        self._closed = True
        self._listed.wake()

    async def events(self, after: str, is_signed_in: Callable[[], bool]) -> AsyncIterator[bytes]:
        """Yields what changes after an event, until the session ends or the process stops."""
        self._open += 1
        try:
            at = after
            while not self._closed:
                news = self._listed.news
                if not is_signed_in():
                    yield RELOAD
                    return
                live = self._listed.live_view()
                for frame in live.after(at):
                    yield frame
                at = live.at
                try:
                    async with asyncio.timeout(HEARTBEAT_S):
                        await news.wait()
                except TimeoutError:
                    yield HEARTBEAT
        finally:
            self._open -= 1
