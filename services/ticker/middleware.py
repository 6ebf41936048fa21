"""Headers that keep a page from doing anything but show the count."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
    " base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)

EMBEDS = "/embed/"
"""Only these pages may stand in somebody else's frame."""

DATA = "/v1"
"""Anybody's page may read these."""


class SecurityHeaders:
    """Sets the security headers of every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request with the headers added."""
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
                if path.startswith((DATA, "/oembed")):
                    headers["Access-Control-Allow-Origin"] = "*"
                    headers["Access-Control-Expose-Headers"] = "ETag"
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            await send(message)

        await self._app(scope, receive, send_with_headers)
