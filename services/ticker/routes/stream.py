"""Streams of the feed and of a page's changing parts."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.broadcast.event_stream import EventStream
from services.ticker.broadcast.page_key import (
    BrokenPageError,
    PageKey,
    UnknownPageError,
    parse_page_key,
)
from services.ticker.broadcast.subscriber import FeedFilter, Subscriber
from services.ticker.broadcast.subscribers import TooManySubscribersError
from services.ticker.feed.entry import is_feed_id
from services.ticker.feed.follower import Follower
from services.ticker.routes.context import AppContext, client_address, context_of
from services.ticker.routes.described import REFUSALS, Problem
from services.ticker.routes.faults import malformed_feed_id
from services.ticker.routes.parameters import (
    FEED_ID_CHARS_MAX,
    VIEW_CHARS_MAX,
    CouncilId,
    ElectionId,
)
from services.ticker.routes.stream_events import stream_example

router = APIRouter()

LastEventId = Annotated[
    str | None, Header(description="The last event id received.", max_length=FEED_ID_CHARS_MAX)
]
After = Annotated[
    str | None,
    Query(
        description="The same as Last-Event-ID, for a first connection.",
        max_length=FEED_ID_CHARS_MAX,
    ),
]


@router.get(
    "/v1/stream",
    tags=["stream"],
    response_class=Response,
    responses=REFUSALS
    | {
        200: {
            "description": "Events, as the HTML standard defines them, until either side ends it.",
            "content": {
                "text/event-stream": {
                    "schema": {"type": "string"},
                    # OpenAPI 3.2 has `itemSchema` for this; 3.1 takes further fields with x-.
                    "x-itemSchema": {"$ref": "#/components/schemas/StreamEvent"},
                    "example": stream_example(),
                }
            },
        },
        400: {"model": Problem, "description": "That is no feed id."},
    },
)
async def stream(  # noqa: PLR0913, PLR0917 -- each is a parameter of the query
    request: Request,
    election: ElectionId,
    council: Annotated[
        CouncilId | None, Query(description="Only events of this council; all without it.")
    ] = None,
    alerts: Annotated[bool, Query(description="Only alerts.")] = False,  # noqa: FBT002 -- as above
    after: After = None,
    last_event_id: LastEventId = None,
) -> Response:
    """Streams what changes: events `totals`, `ward`, `ward_gone`, `alert` and `national`.

    `StreamEvent` among the schemas describes each of them. Each event carries the whole new state
    of what it names, and the feed id to resume from.
    `national` has the night without its parts.
    `reset` means that the feed does not go back that far, or that you have missed more than 2 MiB:
    load the snapshot again. `beat` comes every 15 seconds. With `council` only that council's
    events come, with `alerts=1` only alerts.
    """
    context = context_of(request)
    follower = await context.follower(election)
    if council is not None and follower.state.find(council) is None:
        raise HTTPException(404, f"council: no council {council} has been opened in {election}")
    kinds = frozenset({"alert"}) if alerts else None
    resumed = resume_from(after, last_event_id)
    return feed_stream(request, context, follower, FeedFilter(council, kinds), resumed)


@router.get("/live/{election}", include_in_schema=False)
async def live(
    request: Request,
    election: ElectionId,
    view: Annotated[str, Query(max_length=VIEW_CHARS_MAX)],
    after: After = None,
    last_event_id: LastEventId = None,
) -> Response:
    """Streams a page's changing parts as HTML, for the ticker's own pages."""
    context = context_of(request)
    follower = await context.follower(election)
    return view_stream(request, context, follower, view, resume_from(after, last_event_id))


def feed_stream(
    request: Request,
    context: AppContext,
    follower: Follower,
    feed_filter: FeedFilter,
    resumed: str | None,
) -> Response:
    """Returns a new stream of a feed, from an id on. Raises HTTPException as `subscribe` does."""
    subscriber = Subscriber(feed_filter, client_address(request), compressed=takes_gzip(request))
    response = subscribe(context, follower.topic, subscriber)
    follower.catch_up(subscriber, resumed)
    return response


def view_stream(
    request: Request, context: AppContext, follower: Follower, view: str, resumed: str | None
) -> Response:
    """Returns a new stream of a page's changing parts, from an id on.

    Raises HTTPException as `subscribe` does, and 404 or 500 if there is no such page to show.
    """
    key = _existing(follower, view)
    subscriber = Subscriber(address=client_address(request), compressed=takes_gzip(request))
    response = subscribe(context, follower.view_topic(key), subscriber)
    follower.catch_up_view(subscriber, key, resumed)
    return response


def _existing(follower: Follower, view: str) -> PageKey:
    """Returns a page's key.

    Raises HTTPException: 404 if there is no such page, 500 if it cannot be shown.
    """
    try:
        key = parse_page_key(view)
        follower.live_view(key)
    except (ValueError, UnknownPageError) as error:
        raise HTTPException(404, f"view: there is no {view}") from error
    except BrokenPageError as error:
        raise HTTPException(500, str(error)) from error
    return key


def resume_from(after: str | None, last_event_id: str | None) -> str | None:
    """Returns the id to resume after: the header's if it has one, because that is the later.

    Raises HTTPException with 400, which names the one it is from, if it does not have the form of
    a feed id.
    """
    feed_id = last_event_id or after
    if feed_id is not None and not is_feed_id(feed_id):
        raise malformed_feed_id("Last-Event-ID" if last_event_id else "after", feed_id)
    return feed_id


def subscribe(
    context: AppContext, topic: str, subscriber: Subscriber, *, is_desk: bool = False
) -> Response:
    """Adds a subscriber to a topic and returns its stream; the desk has places of its own.

    The subscriber is removed when the stream ends. Raises HTTPException with 503 if as many
    streams are open as one process serves.
    """
    subscribers = context.subscribers
    try:
        (subscribers.add_to_desk if is_desk else subscribers.add)(topic, subscriber)
    except TooManySubscribersError as error:
        raise HTTPException(503, str(error), headers={"Retry-After": "10"}) from error
    subscriber.on_end = partial(subscribers.remove, topic)
    return EventStream(subscriber)


def takes_gzip(request: Request) -> bool:
    """Returns whether a client takes a response that is compressed with gzip (RFC 9110, 12.5.3)."""
    for part in request.headers.get("accept-encoding", "").split(","):
        coding, _, weight = part.partition(";")
        if coding.strip().casefold() == "gzip":
            return not _NO_WEIGHT.fullmatch(weight.strip())
    return False


_NO_WEIGHT = re.compile(r"q\s*=\s*0(\.0{0,3})?", re.IGNORECASE)
