"""A lane of their own for plain requests for a stream, of which a restart brings thousands at once.

Everything that other requests pass through takes most of what it costs to begin a stream. Whatever
is not plainly right goes that way still, and is refused there with its reason.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.ticker.broadcast.subscriber import FeedFilter
from services.ticker.middleware import headers_of
from services.ticker.routes.context import AppContext
from services.ticker.routes.parameters import VIEW_CHARS_MAX
from services.ticker.routes.stream import feed_stream, resume_from, view_stream

FEED: Final = "/v1/stream"
VIEWS: Final = "/live/"
PARAMETERS_MAX: Final = 3


class StreamLane:
    """Begins a stream of an election that is followed already; everything else goes on."""

    def __init__(self, app: ASGIApp, context: AppContext) -> None:
        self._app = app
        self._context = context
        self._headers = {
            path: [
                (name.lower().encode("latin-1"), value.encode("latin-1"))
                for name, value in headers_of(path, context.push_url).items()
            ]
            for path in (FEED, VIEWS)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        is_get = scope["type"] == "http" and scope["method"] == "GET"
        stream = self._begun(scope) if is_get else None
        await (self._app if stream is None else stream)(scope, receive, send)

    def _begun(self, scope: Scope) -> Response | None:
        """Returns the stream that is asked for, with the headers of its path; None if it is not."""
        path: str = scope["path"]
        if path == FEED:
            kind = FEED
        elif path.startswith(VIEWS):
            kind = VIEWS
        else:
            return None
        try:
            asked = _parameters(scope["query_string"])
            response = (self._of_feed if kind == FEED else self._of_view)(Request(scope), asked)
        except (ValueError, HTTPException):
            return None
        if response is not None:
            response.raw_headers.extend(self._headers[kind])
        return response

    def _of_feed(self, request: Request, asked: dict[str, str]) -> Response | None:
        follower = self._context.followers.followed(asked.pop("election", ""))
        council = asked.pop("council", None)
        after = asked.pop("after", None)
        if asked or follower is None:
            return None
        if council is not None and follower.state.find(council) is None:
            return None
        resumed = resume_from(after, request.headers.get("last-event-id"))
        return feed_stream(request, self._context, follower, FeedFilter(council), resumed)

    def _of_view(self, request: Request, asked: dict[str, str]) -> Response | None:
        follower = self._context.followers.followed(request.scope["path"].removeprefix(VIEWS))
        view = asked.pop("view", "")
        after = asked.pop("after", None)
        if asked or follower is None or not 0 < len(view) <= VIEW_CHARS_MAX:
            return None
        resumed = resume_from(after, request.headers.get("last-event-id"))
        return view_stream(request, self._context, follower, view, resumed)


def _parameters(query: bytes) -> dict[str, str]:
    """Returns the parameters of a query. Raises ValueError for any that is not plain."""
    pairs = parse_qsl(
        query.decode("ascii"),
        keep_blank_values=True,
        strict_parsing=True,
        errors="strict",
        max_num_fields=PARAMETERS_MAX,
    )
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a parameter comes twice")
    return found
