"""One connected reader of a stream, and what is waiting for it."""

from __future__ import annotations

import asyncio
from typing import Final

BACKLOG_BYTES: Final = 4_194_304
"""What may wait for one reader, 4 MiB: some 500 council totals, a minute of a very busy night.
A reader further behind is let go, so that a thousand sleeping phones cannot fill the memory."""

RETRY_MS: Final = 1_000
"""How long a browser waits before it connects again."""

TOO_SLOW: Final = (
    b'event: closed\ndata: {"reason":"too_slow","detail":"This reader fell more than 4 MiB behind.'
    b' Connect again with Last-Event-ID to go on where you stopped."}\n\n'
)


def reset(feed_id: str) -> bytes:
    """Returns the event that tells a reader to load the snapshot again.

    It carries the feed id that the stream goes on from.
    """
    return (
        b'id: %s\nevent: reset\ndata: {"feed_id":"%s","detail":"The feed does not go back to your'
        b' id without a gap. Load the snapshot again; what follows here comes after it."}\n\n'
    ) % (feed_id.encode(), feed_id.encode())


class Listener:
    """A bounded queue of encoded events for one connection.

    `offer` never blocks. Whoever fills the queue loses it, is told so, and is closed; nothing is
    left out in between.
    """

    def __init__(self, *, council: str | None = None, kinds: frozenset[str] | None = None) -> None:
        self.council = council
        self.kinds = kinds
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._news = asyncio.Event()
        self._closed = False

    def wants(self, kind: str, council: str) -> bool:
        """Tells whether this reader asked for entries of this kind and council."""
        return (self.council is None or self.council == council) and (
            self.kinds is None or kind in self.kinds
        )

    def offer(self, frame: bytes) -> None:
        """Queues an encoded event, or closes the queue when it is over its limit."""
        if self._closed:
            return
        self._waiting.append(frame)
        self._waiting_bytes += len(frame)
        if self._waiting_bytes > BACKLOG_BYTES:
            self._waiting = [TOO_SLOW]
            self._closed = True
        self._news.set()

    def close(self) -> None:
        """Ends the stream after what is waiting."""
        self._closed = True
        self._news.set()

    async def take(self) -> bytes | None:
        """Returns all that waits as one piece, once there is something; None at the end."""
        while not self._waiting:
            if self._closed:
                return None
            self._news.clear()
            await self._news.wait()
        piece = b"".join(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        return piece
