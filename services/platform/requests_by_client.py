"""The requests of each client of a proxy, up to a limit."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from services.platform.addresses import client_of
from services.platform.connections import closed

RETRY_AFTER_S: Final = 5
"""How long a client should wait if there was no place for it."""


class RequestsByClient:
    """Behind proxies: answers 503 to a client that has too many requests under way.

    A proxy's connections are those of all its clients, so that here requests are counted, by the
    address that a trusted proxy forwards.
    """

    def __init__(self, app: ASGIApp, per_client_max: int) -> None:
        self._app = app
        self._per_client_max = per_client_max
        self._under_way: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or refuses it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = client_of(scope["client"][0] if scope.get("client") else "")
        under_way = self._under_way.get(client, 0)
        if under_way >= self._per_client_max:
            closed("full")
            headers = [(b"retry-after", b"%d" % RETRY_AFTER_S), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        self._under_way[client] = under_way + 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way[client] -= 1
            if not self._under_way[client]:
                del self._under_way[client]
