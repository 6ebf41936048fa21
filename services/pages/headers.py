"""Headers that keep a page from running, loading or framing anything foreign."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def page_headers(*, ancestors: str = "'none'", referrer: str = "no-referrer") -> dict[str, str]:
    """Returns the headers of a page that runs and loads only what its own service has.

    `ancestors` may show it in a frame. `referrer` is what its links and forms say of it.
    """
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            " img-src data:; base-uri 'none'; form-action 'self';"
            f" frame-ancestors {ancestors}"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": referrer,
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


class SecurityHeaders:
    """Sets headers on every response; `headers_of` returns those of a path."""

    def __init__(self, app: ASGIApp, headers_of: Callable[[str], Mapping[str, str]]) -> None:
        self._app = app
        self._headers_of = headers_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request and adds the headers to its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers_of(scope["path"]))
            await send(message)

        await self._app(scope, receive, send_with_headers)
