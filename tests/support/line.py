"""The connection between a reader and the ticker, which can hang or be cut."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

CHUNK_BYTES = 65_536


class Line:
    """Forwards connections to a ticker; its methods affect the connections that are open then."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._open: set[asyncio.StreamWriter] = set()
        self._silent: set[asyncio.StreamWriter] = set()
        self.url = ""

    def fall_silent(self) -> None:
        """Lets every open connection hang: no further byte arrives, and no end."""
        self._silent |= self._open

    def cut(self) -> None:
        """Breaks every open connection off."""
        for writer in tuple(self._open):
            writer.transport.abort()

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection."""
        far_reader, far_writer = await asyncio.open_connection(
            self._target.hostname, self._target.port
        )
        self._open.add(writer)
        try:
            await asyncio.wait(
                {
                    asyncio.create_task(self._pump(reader, far_writer)),
                    asyncio.create_task(self._pump(far_reader, writer)),
                },
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            self._open.discard(writer)
            writer.close()
            far_writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                if writer not in self._silent:
                    writer.write(chunk)
                    await writer.drain()


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[Line]:
    """Opens a line to a ticker; its own address is `url`."""
    line = Line(url)
    server = await asyncio.start_server(line.join, "127.0.0.1", 0)
    line.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        line.cut()
        server.close()
