"""What applies to every request: security headers, and HEAD."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
    " base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)

EMBEDS: Final = "/embed/"
"""Only pages under this path may be shown in a frame of another site."""

DATA: Final = ("/v1", "/oembed")
"""Scripts of any site may read what is under these paths."""

STREAMS: Final = ("/v1/stream", "/live/", "/desk/live")
"""A response that never ends has no HEAD, which is refused with 405."""


class SecurityHeaders:
    """Sets the headers that keep a page from running, loading or framing anything foreign."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request and adds the headers to its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                ancestors = "*" if path.startswith(EMBEDS) else "'none'"
                headers["Content-Security-Policy"] = _POLICY.format(ancestors=ancestors)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
                if path.startswith(DATA):
                    headers["Access-Control-Allow-Origin"] = "*"
                    headers["Access-Control-Expose-Headers"] = "ETag"
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Head:
    """Serves HEAD as GET; the server leaves out the body (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        is_head = scope["type"] == "http" and scope["method"] == "HEAD"
        if is_head and not scope["path"].startswith(STREAMS):
            # A copy, because the server must still see that no body is wanted.
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
