"""One client of a stream, and the events that wait to be sent to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

QUEUE_BYTES_MAX: Final = 4_194_304
"""What may wait for one client, 4 MiB: some 500 council totals, a minute of a very busy night.
A client further behind is disconnected, so that a thousand sleeping phones cannot fill the
memory."""

SEND_TIMEOUT_S: Final = 30.0
"""A connection that takes nothing for half a minute is dead, whatever its socket says."""

RETRY_MS: Final = 1_000
"""How long a browser waits before it connects again."""

TOO_SLOW: Final = (
    b'event: closed\ndata: {"reason":"too_slow","detail":"This reader fell more than 4 MiB behind.'
    b' Connect again with Last-Event-ID to go on where you stopped."}\n\n'
)

DISPLACED: Final = (
    b'event: closed\ndata: {"reason":"displaced","detail":"All places are taken, and your address'
    b' has most of them. Connect again with Last-Event-ID to go on where you stopped."}\n\n'
)


def reset_event(feed_id: str) -> bytes:
    """Returns the event that asks a client to load the snapshot again.

    It carries the feed id that the stream goes on from.
    """
    return (
        b'id: %s\nevent: reset\ndata: {"feed_id":"%s","detail":"The feed does not go back to your'
        b' id without a gap. Load the snapshot again; what follows here comes after it."}\n\n'
    ) % (feed_id.encode(), feed_id.encode())


@dataclass(frozen=True, slots=True)
class FeedFilter:
    """Which entries of a feed a subscriber asked for; None stands for all."""

    council: str | None = None
    kinds: frozenset[str] | None = None

    def includes(self, kind: str, council: str) -> bool:
        """Returns whether entries of this kind and council were asked for."""
        return (self.council is None or self.council == council) and (
            self.kinds is None or kind in self.kinds
        )


class Subscriber:
    """A bounded queue of encoded events for one connection.

    `enqueue` never blocks. If the queue exceeds QUEUE_BYTES_MAX it is dropped, the client is
    told so, and the stream ends; events are never left out in between. `sending_since` is the
    event loop's time at which the write under way began, or None, and `abort` ends the
    connection without waiting for that write. `address` is what the client counts as where
    clients share a limit.
    """

    def __init__(self, feed_filter: FeedFilter = FeedFilter(), address: str = "") -> None:
        self.feed_filter = feed_filter
        self.address = address
        self.sending_since: float | None = None
        self.abort: Callable[[], object] = self.close
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._wake = asyncio.Event()
        self._closed = False

    def enqueue(self, frame: bytes) -> None:
        """Queues an encoded event, or closes the queue if that exceeds its limit."""
        if self._closed:
            return
        self._waiting.append(frame)
        self._waiting_bytes += len(frame)
        if self._waiting_bytes > QUEUE_BYTES_MAX:
            self._waiting = [TOO_SLOW]
            self._closed = True
        self._wake.set()

    def close(self) -> None:
        """Ends the stream once the queued events are sent."""
        self._closed = True
        self._wake.set()

    def displace(self) -> None:
        """Ends the stream because others need its place; what waits is dropped. Needs a loop."""
        self._waiting = [DISPLACED]
        self.close()
        # A client that takes nothing would keep its connection for ever.
        asyncio.get_running_loop().call_later(SEND_TIMEOUT_S, self.abort)

    def abort_if_stuck(self, now: float) -> None:
        """Ends the connection if one write has taken longer than SEND_TIMEOUT_S."""
        if self.sending_since is not None and now - self.sending_since > SEND_TIMEOUT_S:
            self.abort()

    async def take(self) -> bytes | None:
        """Waits for events and returns all that are queued, joined; None at the end."""
        while not self._waiting:
            if self._closed:
                return None
            self._wake.clear()
            await self._wake.wait()
        # Usually one event waits, which all subscribers share; joining would copy it for each.
        chunk = self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        return chunk
