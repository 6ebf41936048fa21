"""Response headers: what a service adds to the headers of every response as it begins."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Change = Callable[[Scope, MutableHeaders], None]
"""Changes the headers of a response, given the scope of its request."""


class ResponseHeaders:
    """Has the headers of every response changed before they are sent."""

    def __init__(self, app: ASGIApp, change: Change) -> None:
        self._app = app
        self._change = change

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._change(scope, MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_changed)
