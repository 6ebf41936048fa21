"""Answers about elections, kept for as long as a CDN may keep them: the second that they are fresh.

When something happens thousands ask for the same pages, and most have them already. What has been
answered within the second, and since the last entry of any feed, is answered again as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.ticker.routes.caching import FRESH_FOR_S

KEPT_BYTES_MAX: Final = 16_777_216
"""What all answers may have together, 16 MiB: some hundreds of pages, compressed."""

BODY_BYTES_MAX: Final = 262_144
"""The largest that is kept, 256 KiB, so that a whole night as one file displaces no pages."""

ANSWER_OVERHEAD_BYTES: Final = 2_048
"""What an answer takes beside its body: its headers and its key."""

ABOUT: Final = ("/elections/", "/councils/", "/v1/elections/", "/v1/councils/")
"""These are answered from memory. What is read from the store each time is not kept."""

READ_EACH_TIME: Final = "/log"

PRIVATE: Final = ("authorization", "cookie", "range", "cache-control")
"""Headers of requests that are for one client, or ask for what is newest."""

_Key = tuple[str, bytes, str]


@dataclass(slots=True)
class _Answer:
    """An answer as it was sent; complete once its whole body has been. A 304 has none to keep."""

    generation: int
    until: float
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    etag: str = ""
    body: bytes = b""
    has_body: bool = False
    complete: bool = False


class KeptAnswers:
    """Keeps public answers with an ETag. `generation` is another whenever a feed has moved on."""

    def __init__(self, app: ASGIApp, generation: Callable[[], int]) -> None:
        self._app = app
        self._generation = generation
        self._kept: dict[_Key, _Answer] = {}
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        headers = _may_be_kept(scope)
        if headers is None:
            await self._app(scope, receive, send)
            return
        now = asyncio.get_running_loop().time()
        generation = self._generation()
        key = (scope["path"], scope["query_string"], headers.get("accept-encoding", ""))
        kept = self._kept.get(key)
        known = headers.get("if-none-match", "")
        if kept is not None and kept.generation == generation and now < kept.until:
            is_known = kept.etag in {tag.strip() for tag in known.split(",")}
            if is_known or kept.has_body:
                await _send_again(kept, send, is_known=is_known)
                return
        answer = _Answer(generation, now + FRESH_FOR_S)
        await self._app(scope, receive, _noting(answer, send))
        if answer.complete:
            self._keep(key, answer)

    def _keep(self, key: _Key, answer: _Answer) -> None:
        size = len(answer.body) + ANSWER_OVERHEAD_BYTES
        if self._bytes + size > KEPT_BYTES_MAX:
            # Most of them are too old anyhow.
            self._kept.clear()
            self._bytes = 0
        before = self._kept.pop(key, None)
        self._bytes += size - (len(before.body) + ANSWER_OVERHEAD_BYTES if before else 0)
        self._kept[key] = answer


def _may_be_kept(scope: Scope) -> Headers | None:
    """Returns the headers of a request whose answer may be one that was given before."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path: str = scope["path"]
    if not path.startswith(ABOUT) or path.endswith(READ_EACH_TIME):
        return None
    headers = Headers(scope=scope)
    return None if any(name in headers for name in PRIVATE) else headers


def _noting(answer: _Answer, send: Send) -> Send:
    """Returns what sends an answer on, and notes it if others may have it too."""

    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = Headers(raw=list(message.get("headers", ())))
            is_public = headers.get("cache-control", "").startswith("public")
            if message["status"] in {200, 304} and is_public:
                answer.headers, answer.etag = headers.raw, headers.get("etag", "")
                answer.has_body = message["status"] == 200  # noqa: PLR2004 -- HTTP's number
        elif answer.etag and message["type"] == "http.response.body":
            answer.body += message.get("body", b"")
            answer.complete = not message.get("more_body", False)
            if len(answer.body) > BODY_BYTES_MAX:
                answer.etag, answer.body, answer.complete = "", b"", False
        await send(message)

    return noting


async def _send_again(answer: _Answer, send: Send, *, is_known: bool) -> None:
    """Sends an answer again: 304 without its body if the client has it."""
    headers = [each for each in answer.headers if not (is_known and _is_of_body(each[0]))]
    status = 304 if is_known else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_known else answer.body})


def _is_of_body(name: bytes) -> bool:
    return name.startswith(b"content-") and name != b"content-security-policy"
