"""One connected reader of a stream, and what is waiting for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

BACKLOG_BYTES: Final = 4_194_304
"""What may wait for one reader, 4 MiB: some 500 council totals, a minute of a very busy night.
A reader further behind is let go, so that a thousand sleeping phones cannot fill the memory."""

SEND_TIMEOUT_S: Final = 30.0
"""A connection that takes nothing for half a minute is dead, whatever its socket says."""

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


@dataclass(frozen=True, slots=True)
class Wants:
    """Which entries of a feed a listener asked for; None stands for all."""

    council: str | None = None
    kinds: frozenset[str] | None = None

    def includes(self, kind: str, council: str) -> bool:
        """Tells whether entries of this kind and council were asked for."""
        return (self.council is None or self.council == council) and (
            self.kinds is None or kind in self.kinds
        )


class Listener:
    """A bounded queue of encoded events for one connection.

    `offer` never blocks. Whoever fills the queue loses it, is told so, and is closed; nothing is
    left out in between. `sending_since` is set while a piece is on its way to the reader, on the
    event loop's clock, and `cut` ends a connection on which nothing moves.
    """

    def __init__(self, wants: Wants = Wants()) -> None:
        self.wants = wants
        self.sending_since: float | None = None
        self.cut: Callable[[], object] = self.close
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._news = asyncio.Event()
        self._closed = False

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

    def cut_if_stuck(self, now: float) -> None:
        """Ends the connection where a piece has been on its way for SEND_TIMEOUT_S."""
        if self.sending_since is not None and now - self.sending_since > SEND_TIMEOUT_S:
            self.cut()

    async def take(self) -> bytes | None:
        """Returns all that waits as one piece, once there is something; None at the end."""
        while not self._waiting:
            if self._closed:
                return None
            self._news.clear()
            await self._news.wait()
        # One piece is the rule, and shared by all; joining it would copy it for each reader.
        piece = self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        return piece
