"""`/desk`: what the producer has to see to. Behind a token; without one there is no such page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.broadcast.subscriber import Listener
from services.ticker.desk.view import TOPIC, Newsdesk
from services.ticker.pages.render import page
from services.ticker.routes.caching import HTML
from services.ticker.routes.context import desk_of
from services.ticker.routes.stream import connect, resume_from

router = APIRouter(include_in_schema=False)

CHALLENGE = {"WWW-Authenticate": 'Basic realm="livecount desk", charset="UTF-8"'}
"""Makes a browser ask for the token (RFC 7617)."""

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""No proxy and no browser may keep what only the desk may see."""


@router.get("/desk")
async def desk(request: Request) -> Response:
    """Shows alerts that were not delivered and input that was not counted."""
    newsdesk = _admitted(request)
    channel = newsdesk.channel()
    body = page(
        "desk.html",
        title="The desk",
        view=channel.view,
        feed_id=channel.at,
        rehearsal=newsdesk.rehearsal,
        wall=False,
    )
    return Response(body, media_type=HTML, headers=PRIVATE)


@router.get("/desk/live")
async def desk_live(
    request: Request,
    after: Annotated[str | None, Query()] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Streams the desk page's changes."""
    newsdesk = _admitted(request)
    resumed = resume_from(after, last_event_id)
    listener = Listener()
    response = connect(desk_of(request), TOPIC, listener)
    for frame in newsdesk.channel().after(resumed or ""):
        listener.offer(frame)
    return response


def _admitted(request: Request) -> Newsdesk:
    newsdesk = desk_of(request).newsdesk
    if newsdesk is None:
        raise HTTPException(404, "The desk is closed: set LIVECOUNT_DESK_TOKEN to open it.")
    if not newsdesk.admits(request.headers.get("authorization", "")):
        raise HTTPException(
            401, "Give the desk's token as the password; any user name will do.", CHALLENGE
        )
    return newsdesk
