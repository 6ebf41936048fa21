"""Streams: who may listen, from where, to what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.broadcast.event_stream import EventStream
from services.ticker.broadcast.subscriber import Listener, Wants
from services.ticker.broadcast.subscribers import AudienceFullError
from services.ticker.feed.entry import is_feed_id
from services.ticker.feed.follower import Follower
from services.ticker.routes.context import Desk, desk_of

router = APIRouter()

LastEventId = Annotated[str | None, Header(description="The last event id received.")]
After = Annotated[
    str | None, Query(description="The same as Last-Event-ID, for a first connection.")
]


@router.get(
    "/v1/stream",
    tags=["stream"],
    responses={200: {"content": {"text/event-stream": {}}}, 503: {"description": "Full."}},
)
async def stream(  # noqa: PLR0913, PLR0917 -- each is a parameter of the query
    request: Request,
    election: str,
    council: str | None = None,
    alerts: bool = False,  # noqa: FBT001, FBT002 -- the query's own
    after: After = None,
    last_event_id: LastEventId = None,
) -> Response:
    """Streams what changes, as server-sent events `totals`, `ward` and `alert`.

    Each event carries the whole of what it names as it is now, and the feed id to resume from.
    `reset` says that the feed does not go back that far: load the snapshot again. `beat` comes
    every 15 seconds. With `council` only that council's, with `alerts=1` only alerts.
    """
    desk = desk_of(request)
    follower = await desk.follower(election)
    if council is not None and follower.night.find(council) is None:
        raise HTTPException(404, f"council: no council {council} has been opened in {election}")
    kinds = frozenset({"alert"}) if alerts else None
    resumed = resume_from(after, last_event_id)
    listener = Listener(Wants(council, kinds))
    response = connect(desk, follower.topic, listener)
    follower.join(listener, resumed)
    return response


@router.get("/live/{election}", include_in_schema=False)
async def live(
    request: Request,
    election: str,
    view: str,
    after: After = None,
    last_event_id: LastEventId = None,
) -> Response:
    """Streams a page's changing parts as HTML. For this ticker's own pages."""
    desk = desk_of(request)
    follower = await desk.follower(election)
    check_view(follower, view)
    resumed = resume_from(after, last_event_id)
    listener = Listener()
    response = connect(desk, follower.view_topic(view), listener)
    follower.join_view(listener, view, resumed)
    return response


def check_view(follower: Follower, view: str) -> None:
    """Raises 404 where there is no such view."""
    try:
        follower.channel(view)
    except KeyError as error:
        raise HTTPException(404, f"view: there is no {view}") from error


def resume_from(after: str | None, last_event_id: str | None) -> str | None:
    """Returns the id to go on from; the header wins, for it is the later one."""
    wanted = last_event_id or after
    if wanted is not None and not is_feed_id(wanted):
        raise HTTPException(
            400, f"Last-Event-ID: {wanted[:40]!r}; expected an event id such as 1716403800000-0"
        )
    return wanted


def connect(desk: Desk, topic: str, listener: Listener) -> Response:
    """Returns the stream of a listener, admitted to a topic. Raises 503 where it is full."""
    try:
        desk.audience.admit(topic, listener)
    except AudienceFullError as error:
        raise HTTPException(503, str(error), headers={"Retry-After": "10"}) from error
    return EventStream(listener, lambda: desk.audience.dismiss(topic, listener))
