"""The response that carries server-sent events to one subscriber."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.platform.open_stream import OPEN_STREAM
from services.ticker.broadcast.frame import GZIP_HEADER, deflated
from services.ticker.broadcast.subscriber import RETRY_MS, Subscriber

RETRY: Final = b"retry: %d\n\n" % RETRY_MS
RETRY_GZIPPED: Final = GZIP_HEADER + deflated(RETRY)


class EventStream(Response):
    """Begins a response without an end, and hands its connection over to a subscriber.

    Written here instead of using sse-starlette, which runs three tasks and a timer for each
    connection. Here each event is encoded once, and the same bytes are written to every
    connection, none of which has a task.
    """

    media_type = "text/event-stream"

    def __init__(self, subscriber: Subscriber) -> None:
        # super().__init__() would set a content length, which would end the stream.
        self.status_code = 200
        self.background = None
        self.body = b""
        self._subscriber = subscriber
        headers = {
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
            # The stream's end is the connection's.
            "Connection": "close",
            "Vary": "Accept-Encoding",
        }
        if subscriber.compressed:
            headers["Content-Encoding"] = "gzip"
        self.init_headers(headers)
        self.raw_headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI
        """Sends the head of the response. Returns once the connection is handed over."""
        stream = None
        first = RETRY_GZIPPED if self._subscriber.compressed else RETRY
        try:
            start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
            await send(start)
            await send({"type": "http.response.body", "body": first, "more_body": True})
            stream = scope["extensions"][OPEN_STREAM](self._subscriber)
        finally:
            if stream is None:
                self._subscriber.gone()
        if stream is not None:
            self._subscriber.connect(stream)
