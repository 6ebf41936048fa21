"""One client of a stream, and the events that wait to be sent to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from services.ticker.broadcast.frame import Frame

QUEUE_BYTES_MAX: Final = 4_194_304
"""What may wait for one client, 4 MiB: some 500 council totals, a minute of a very busy night.
A client further behind is disconnected, so that a thousand sleeping phones cannot fill the
memory."""

MISSED_BYTES_MAX: Final = QUEUE_BYTES_MAX // 2
"""What a client that comes back is sent at most of what it missed; with more, it loads the snapshot
again, which is smaller. The rest of the queue is for what happens while it reads."""

RETRY_MS: Final = 1_000
"""How long a browser waits before it connects again."""

TOO_SLOW: Final = Frame(
    b'event: closed\ndata: {"reason":"too_slow","detail":"This reader fell more than 4 MiB behind.'
    b' Connect again with Last-Event-ID to go on where you stopped."}\n\n'
)

DISPLACED: Final = Frame(
    b'event: closed\ndata: {"reason":"displaced","detail":"All places are taken, and your address'
    b' has most of them. Connect again with Last-Event-ID to go on where you stopped."}\n\n'
)


def reset_event(feed_id: str) -> Frame:
    """Returns the event that asks a client to load the snapshot again.

    It carries the feed id that the stream goes on from.
    """
    return Frame(
        b'id: %s\nevent: reset\ndata: {"feed_id":"%s","detail":"The feed does not go back to your'
        b" id without a gap, or you have missed more than 2 MiB. Load the snapshot again; what"
        b' follows here comes after it."}\n\n' % (feed_id.encode(), feed_id.encode())
    )


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


EVERYTHING: Final = FeedFilter()


class Stream(Protocol):
    """Where a subscriber's events go: its connection, or whatever stands for one in a test."""

    is_paused: bool

    def write(self, chunks: bytes) -> None:
        """Sends chunks of the response."""

    def finish(self) -> None:
        """Ends the response once they are sent."""


class Subscriber:
    """One connection to a stream, and a bounded queue of what its client cannot take yet.

    `enqueue` never blocks. If the queue exceeds QUEUE_BYTES_MAX it is dropped, the client is told
    so, and the stream ends; events are never left out in between. `address` is what the client
    counts as where clients share a limit, and `compressed` whether it takes gzip. `on_end` is
    called once, when its connection has ended.
    """

    __slots__ = (
        "_closed",
        "_queue",
        "_queue_bytes",
        "_stream",
        "address",
        "compressed",
        "feed_filter",
        "on_end",
    )

    def __init__(
        self, feed_filter: FeedFilter = EVERYTHING, address: str = "", *, compressed: bool = False
    ) -> None:
        self.feed_filter = feed_filter
        self.address = address
        self.compressed = compressed
        self.on_end: Callable[[Subscriber], object] = _nothing
        self._stream: Stream | None = None
        self._queue: list[Frame] = []
        self._queue_bytes = 0
        self._closed = False

    def enqueue(self, frame: Frame) -> None:
        """Sends events at once if the client takes them; else queues them, up to the limit."""
        stream = self._stream
        if self._closed:
            return
        if stream is not None and not stream.is_paused:
            self._write(stream, frame)
            return
        self._queue.append(frame)
        self._queue_bytes += len(frame)
        if self._queue_bytes > QUEUE_BYTES_MAX:
            self._end_with(TOO_SLOW)

    def connect(self, stream: Stream) -> None:
        """Begins to send, with what has been queued until now."""
        self._stream = stream
        self.writable()

    def close(self) -> None:
        """Ends the stream once the queued events are sent."""
        self._closed = True
        self.writable()

    def displace(self) -> None:
        """Ends the stream because others need its place; what waits is dropped."""
        self._end_with(DISPLACED)

    def writable(self) -> None:
        """Sends what is queued, and the end if the stream is to end."""
        stream = self._stream
        if stream is None:
            return
        sent = 0
        for frame in self._queue:
            if stream.is_paused:
                break
            self._write(stream, frame)
            sent += 1
        self._queue_bytes -= sum(map(len, self._queue[:sent]))
        del self._queue[:sent]
        if self._closed and not self._queue and not stream.is_paused:
            self._stream = None
            stream.finish()

    def gone(self) -> None:
        """Notes that the connection has ended."""
        self._closed = True
        self._stream = None
        self._queue = []
        on_end, self.on_end = self.on_end, _nothing
        on_end(self)

    def _write(self, stream: Stream, frame: Frame) -> None:
        stream.write(frame.gzipped if self.compressed else frame.plain)

    def _end_with(self, frame: Frame) -> None:
        self._queue = [frame]
        self.close()


def _nothing(_: Subscriber) -> None:
    """Is there nothing to be done at the end."""
