"""The floor of a ticker's streams: a server that does nothing but send the same bytes to all.

It reads the feed from Redis, compresses each event as the ticker does, and writes it to every
connection. It keeps no state, resumes nobody and limits nothing.

    python -m benchmarks.stream_floor PORT ELECTION [asyncio]
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import uvloop

from services.platform.connections import ConnectionLimits, within_file_limit
from services.platform.names import Keys
from services.platform.open_stream import chunk
from services.platform.redis import connect
from services.platform.settings import Settings
from services.ticker.broadcast.frame import GZIP_HEADER, Frame
from services.ticker.feed.entry import Entry

BACKLOG = 4_096
BLOCK_MS = 1_000
CONNECTIONS_MAX = 20_000
HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
) + chunk(GZIP_HEADER)


class Stream(asyncio.Protocol):
    """One reader's connection: whatever it asks for, it has the stream."""

    def __init__(self, streams: set[asyncio.Transport]) -> None:
        self._streams = streams

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keeps the connection."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - asyncio's signature
        """Begins the stream."""
        if self._transport not in self._streams:
            self._transport.write(HEAD)
            self._streams.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Lets go of the connection."""
        self._streams.discard(self._transport)


async def serve(settings: Settings, port: int, election: str) -> None:
    """Serves until it is cancelled."""
    streams: set[asyncio.Transport] = set()
    within_file_limit(ConnectionLimits(CONNECTIONS_MAX, CONNECTIONS_MAX))
    loop = asyncio.get_running_loop()
    feed = Keys(settings.namespace).feed(election)
    async with connect(settings) as redis:
        newest: Any = await redis.xrevrange(feed, count=1)
        at = newest[0][0]
        server = await loop.create_server(
            lambda: Stream(streams), "127.0.0.1", port, backlog=BACKLOG
        )
        async with server:
            while True:
                answer: Any = await redis.xread({feed: at}, block=BLOCK_MS)
                entries = [entry for _, found in answer for entry in found]
                if not entries:
                    continue
                at = entries[-1][0]
                events = b"".join(Entry.read(*entry).frame for entry in entries)
                compressed = Frame(events).gzipped
                for transport in list(streams):
                    transport.write(compressed)


if __name__ == "__main__":
    run = asyncio.run if sys.argv[3:] == ["asyncio"] else uvloop.run
    run(serve(Settings(), int(sys.argv[1]), sys.argv[2]))
