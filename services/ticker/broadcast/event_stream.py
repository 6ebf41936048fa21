"""The response that carries server-sent events to one subscriber."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.ticker.broadcast.subscriber import RETRY_MS, Subscriber


class EventStream(Response):
    """Sends a subscriber's events until either side ends the stream, then calls `on_end` once.

    Written here instead of using sse-starlette, which runs three tasks and a timer for each
    connection. Here each event is encoded once and put on one queue for each client, so that
    one process can serve two thousand of them.
    """

    media_type = "text/event-stream"

    def __init__(self, subscriber: Subscriber, on_end: Callable[[], None]) -> None:
        # super().__init__() would set a content length, which would end the stream.
        self.status_code = 200
        self.background = None
        self.body = b""
        self._subscriber = subscriber
        self._on_end = on_end
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self.raw_headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI
        """Serves one connection. Returns when the client has gone or the subscriber is closed."""
        disconnected = asyncio.create_task(_until_disconnected(receive))
        sending = asyncio.create_task(self._send(send))
        self._subscriber.abort = sending.cancel
        try:
            await asyncio.wait((disconnected, sending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._on_end()
            for task in (disconnected, sending):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await sending

    async def _send(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        chunk: bytes | None = b"retry: %d\n\n" % RETRY_MS
        clock = asyncio.get_running_loop().time
        while chunk is not None:
            self._subscriber.sending_since = clock()
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            self._subscriber.sending_since = None
            chunk = await self._subscriber.take()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
