"""The answer to a fault that nobody foresaw."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.get_logger()


class Unforeseen:
    """Answers a fault that nobody foresaw, and logs it once, under the answer's id.

    `answer` makes the response of a request and that id.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request, str], Response]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        has_started = False

        async def watched_send(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except Exception:
            if scope["type"] != "http":
                raise
            request_id = secrets.token_hex(8)
            _log.exception("a request failed", request_id=request_id, path=scope["path"][:200])
            if not has_started:
                await self._answer(Request(scope), request_id)(scope, receive, send)
