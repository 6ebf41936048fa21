"""What stands for a connection where a test looks at what a subscriber sends."""

from __future__ import annotations

from services.ticker.broadcast.subscriber import Subscriber


class RecordedStream:
    """Keeps what a subscriber writes to it; while `is_paused` it takes nothing.

    `ended` is whether the response has ended.
    """

    def __init__(self, subscriber: Subscriber, *, is_paused: bool = False) -> None:
        self.is_paused = is_paused
        self.written: list[bytes] = []
        self.ended = False
        self._subscriber = subscriber
        subscriber.connect(self)

    @property
    def received(self) -> bytes:
        """The events that a client would have received."""
        return b"".join(events(each) for each in self.written)

    def write(self, chunks: bytes) -> None:
        """Keeps what a client would take."""
        self.written.append(chunks)

    def finish(self) -> None:
        """Notes the end."""
        self.ended = True

    def go_on(self) -> None:
        """Takes again, as a client that was slow."""
        self.is_paused = False
        self._subscriber.writable()


def events(chunk: bytes) -> bytes:
    """Returns the data of one chunk of a response."""
    size, _, rest = chunk.partition(b"\r\n")
    data = rest[: int(size, 16)]
    assert rest == data + b"\r\n"
    return data
