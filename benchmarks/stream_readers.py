"""Many readers of one event stream, and whether all of them have it."""

from __future__ import annotations

import asyncio
import re
import time

CONNECTING_AT_ONCE = 200

ANSWER_TIMEOUT_S = 30.0
"""How long the last of the readers may wait for its answer; it comes within a second."""

_EVENT_ID = re.compile(rb"^id: (\d+)-(\d+)$", re.MULTILINE)


class AudienceError(RuntimeError):
    """Readers have no stream, so that nothing was measured; the message says how many, and why."""


class Reader(asyncio.Protocol):
    """One reader: records the ids that it received, and when.

    `status` is the first line of its answer, `closed` whether its stream has ended.
    """

    def __init__(self, request: bytes, came: dict[str, list[float]]) -> None:
        self._request = request
        self._came = came
        self._rest = b""
        self.answered = asyncio.Event()
        self.ids: list[str] = []
        self.received = 0
        self.status = ""
        self.closed = False
        self._transport: asyncio.Transport | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has a stream that goes on."""
        return not self.closed and " 200 " in self.status

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Asks for the stream. uvloop's transports are no subclass of asyncio's."""
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Records the ids in what arrived."""
        now = time.time() * 1_000
        self.answered.set()
        self.status = self.status or data.partition(b"\r\n")[0].decode("ascii", "replace")
        self.received += len(data)
        data = self._rest + data
        cut = data.rfind(b"\n") + 1
        self._rest = data[cut:]
        for found in _EVENT_ID.finditer(data, 0, cut):
            feed_id = f"{found[1].decode()}-{found[2].decode()}"
            self.ids.append(feed_id)
            self._came.setdefault(feed_id, []).append(now)

    def close(self) -> None:
        """Ends its stream."""
        if self._transport:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Notes the end of the stream, also instead of an answer."""
        self.closed = True
        self.answered.set()


def require_all_open(readers: list[Reader]) -> None:
    """Raises AudienceError unless every reader has a stream that goes on."""
    without = [reader for reader in readers if not reader.is_open]
    if without:
        why = without[0].status or "closed without an answer"
        raise AudienceError(f"{len(without)} of {len(readers)} readers have no stream: {why}")


async def connect_all(
    port: int, path: str, clients: int, came: dict[str, list[float]]
) -> list[Reader]:
    """Returns that many readers, connected to a stream.

    Raises AudienceError if any has none, and TimeoutError if one is not answered; then all are
    closed.
    """
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    readers: list[Reader] = []
    for start in range(0, clients, CONNECTING_AT_ONCE):
        made = await asyncio.gather(
            *(
                loop.create_connection(lambda: Reader(request, came), "127.0.0.1", port)
                for _ in range(min(CONNECTING_AT_ONCE, clients - start))
            )
        )
        readers += [reader for _, reader in made]
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            await asyncio.gather(*(reader.answered.wait() for reader in readers))
        require_all_open(readers)
    except (AudienceError, TimeoutError):
        for reader in readers:
            reader.close()
        raise
    return readers
