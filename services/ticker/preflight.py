"""CORS preflights: browsers ask first whether a script of another site may send certain headers."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

ALLOWED_HEADERS: Final = ("Accept", "Cache-Control", "If-None-Match", "Last-Event-ID")
"""What clients of the data send: what to resume a stream after, and what they have already."""

EXPOSED_HEADERS: Final = ("ETag", "Last-Event-ID", "Link", "Retry-After")
"""What scripts of other sites may read of an answer, beside what browsers always show them."""

MAX_AGE_S: Final = 86_400
"""How long a browser need not ask again, one day. Chromium keeps it for two hours at most."""


def is_data(path: str) -> bool:
    """Returns whether scripts of any site may read what is at a path: data, and no page."""
    return path in {"/v1", "/oembed"} or path.startswith("/v1/")


class Preflight:
    """Answers preflights for paths of data; every other request goes on to the application.

    So an OPTIONS that is no preflight, or is about a page, is answered as any method that is not
    served there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        # Only its answer to preflights is used. What it adds to other responses depends on the
        # request's Origin, which would make caches keep one copy for each site.
        self._cors = CORSMiddleware(
            app,
            allow_origins=("*",),
            allow_methods=("GET", "HEAD"),
            allow_headers=ALLOWED_HEADERS,
            max_age=MAX_AGE_S,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] == "http" and scope["method"] == "OPTIONS" and is_data(scope["path"]):
            headers = Headers(scope=scope)
            if "origin" in headers and "access-control-request-method" in headers:
                answer = self._cors.preflight_response(request_headers=headers)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)
