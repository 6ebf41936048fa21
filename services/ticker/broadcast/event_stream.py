"""The response that carries server-sent events to one listener."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.ticker.broadcast.subscriber import RETRY_MS, Listener


class EventStream(Response):
    """Sends what a listener gets until either side ends it, then calls `on_end` once.

    Written here rather than taken from sse-starlette, which runs three tasks and a timer for
    each connection: two thousand readers get each event from one queue each, encoded once.
    """

    media_type = "text/event-stream"

    def __init__(self, listener: Listener, on_end: Callable[[], None]) -> None:
        # A content length would end the stream, so none is set: no call to super().
        self.status_code = 200
        self.background = None
        self.body = b""
        self._listener = listener
        self._on_end = on_end
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self.raw_headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI
        """Serves one connection. Returns when the reader has gone or the listener is closed."""
        gone = asyncio.create_task(_until_gone(receive))
        sending = asyncio.create_task(self._send(send))
        self._listener.cut = sending.cancel
        try:
            await asyncio.wait((gone, sending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._on_end()
            for task in (gone, sending):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await sending

    async def _send(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        piece: bytes | None = b"retry: %d\n\n" % RETRY_MS
        clock = asyncio.get_running_loop().time
        while piece is not None:
            self._listener.sending_since = clock()
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            self._listener.sending_since = None
            piece = await self._listener.take()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
