"""HEAD: the headers of what GET would answer, for caches and monitors."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

STREAMS: Final = ("/v1/stream", "/live/", "/desk/live")
"""An answer without an end has no HEAD; it is refused with 405."""


class Head:
    """Serves HEAD as GET; the server leaves the body out (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        is_head = scope["type"] == "http" and scope["method"] == "HEAD"
        if is_head and not scope["path"].startswith(STREAMS):
            # A copy: the server must still know that no body is wanted.
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
