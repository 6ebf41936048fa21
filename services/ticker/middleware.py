"""What applies to every request: security headers, and HEAD."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from services.pages.headers import page_headers
from services.ticker.preflight import EXPOSED_HEADERS, is_data

EMBEDS: Final = "/embed/"
"""Only pages under this path may be shown in a frame of another site."""

STREAMS: Final = ("/v1/stream", "/live/", "/desk/live")
"""A response that never ends has no HEAD, which is refused with 405."""


def headers_of(path: str, push_url: str = "") -> dict[str, str]:
    """Returns the headers of a path: pages are locked down, and data is for everybody.

    `push_url` is the one other place that scripts of pages may ask, blank if there is none.
    """
    is_embed = path.startswith(EMBEDS)
    headers = page_headers(
        ancestors="*" if is_embed else "'none'", asks="" if is_embed else push_url
    )
    if is_data(path):
        headers |= {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": ", ".join(EXPOSED_HEADERS),
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
    return headers


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
