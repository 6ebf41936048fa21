"""`/desk`: failed deliveries and rejected input. Needs a token; without one it does not exist."""

from __future__ import annotations

from math import ceil
from typing import Final

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.access.wrong_tokens import TooManyWrongTokensError
from services.ticker.broadcast.frame import Frame
from services.ticker.broadcast.subscriber import Subscriber
from services.ticker.desk.guard import WrongTokenError
from services.ticker.desk.view import TOPIC, DeskView
from services.ticker.pages.templates import page
from services.ticker.routes.caching import HTML
from services.ticker.routes.context import client_address, context_of
from services.ticker.routes.stream import After, LastEventId, resume_from, subscribe, takes_gzip

router = APIRouter(include_in_schema=False)

CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="livecount desk", charset="UTF-8"'}
"""Makes a browser ask for the token (RFC 7617)."""

PRIVATE: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""Keeps proxies, browsers and search engines from storing the page."""


@router.get("/desk")
async def desk(request: Request) -> Response:
    """Returns the page of alerts that were not delivered and input that was not counted."""
    desk_view = _admitted(request)
    live_view = desk_view.live_view()
    body = page(
        "desk.html",
        title="The desk",
        view=live_view.view,
        feed_id=live_view.at,
        rehearsal=desk_view.is_rehearsal,
        wall=False,
    )
    return Response(body, media_type=HTML, headers=PRIVATE)


@router.get("/desk/live")
async def desk_live(
    request: Request,
    after: After = None,
    last_event_id: LastEventId = None,
) -> Response:
    """Streams the desk page's changes."""
    desk_view = _admitted(request)
    resumed = resume_from(after, last_event_id)
    subscriber = Subscriber(compressed=takes_gzip(request))
    response = subscribe(context_of(request), TOPIC, subscriber, is_desk=True)
    for events in desk_view.live_view().after(resumed or ""):
        subscriber.enqueue(Frame(events))
    return response


def _admitted(request: Request) -> DeskView:
    """Returns the desk's view if the request has the token. Raises 404, 401 or 429 if not."""
    desk_view = context_of(request).desk_view
    if desk_view is None:
        raise HTTPException(404, "The desk is closed: set LIVECOUNT_DESK_TOKEN to open it.")
    try:
        desk_view.guard.admit(request.headers.get("authorization", ""), client_address(request))
    except WrongTokenError as error:
        raise HTTPException(
            401, "Give the desk's token as the password; any user name will do.", CHALLENGE
        ) from error
    except TooManyWrongTokensError as error:
        raise HTTPException(
            429,
            f"The desk: {error}; wait for {ceil(error.wait_s)} seconds.",
            {"Retry-After": str(ceil(error.wait_s))},
        ) from error
    return desk_view
