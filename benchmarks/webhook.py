"""A webhook receiver that takes everything, and says what arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson


async def receiver(port: int, arrived: Callable[[dict[str, Any]], None]) -> asyncio.Server:
    """Returns a started receiver, which calls `arrived` with each alert before it answers."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
                arrived(orjson.loads(await reader.readexactly(length)))
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            # Python 3.11 logs a trace for each connection that is cancelled at the loop's end.
            writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", port)
