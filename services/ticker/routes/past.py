"""Pages as they stood at an earlier time, at one address for each ten seconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import HTTPException, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.pages.language import SOURCE_LANGUAGE
from services.ticker.broadcast.page_key import (
    BrokenPageError,
    PageKey,
    UnknownPageError,
    page_key_text,
)
from services.ticker.broken import report
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.follower import Follower
from services.ticker.feed.history import STEP_MS
from services.ticker.pages.document import PageFrame, TimeSlider, document
from services.ticker.pages.past_pages import PastIsBusyError, rounded
from services.ticker.pages.render import render
from services.ticker.pages.templates import page
from services.ticker.routes.caching import HTML, PAST_FRESH_FOR_S, cache_control, cacheable
from services.ticker.routes.context import context_of
from services.ticker.routes.errors import wants_page
from services.ticker.routes.parameters import TIME_MS_MAX

At = Annotated[int | None, Query(ge=0, le=TIME_MS_MAX)]
"""A time in milliseconds since 1970; None for the present."""


async def past_page(
    request: Request, follower: Follower, key: PageKey, frame: PageFrame, at: int
) -> Response:
    """Returns a page as it was at a time, in milliseconds since 1970.

    A time that is not a multiple of STEP_MS, or other parameters, redirect to the page's one
    address. A time outside the night is answered with 422: for people by a page that leads to
    times that are known. Raises HTTPException: 422 for programs then, 404 if there was no such
    page, 500 if it cannot be shown, 503 if too many readers look at the past.
    """
    query = f"wall=1&at={rounded(at)}" if frame.is_wall else f"at={rounded(at)}"
    if key.language != SOURCE_LANGUAGE:
        query += f"&language={key.language}"
    if request.scope["query_string"] != query.encode():
        headers = {"Location": f"?{query}", "Cache-Control": cache_control(PAST_FRESH_FOR_S)}
        return Response(status_code=307, headers=headers)
    if frame.slider is None or not _is_known(frame.slider, at):
        return _outside(request, follower, frame, at)
    kept_as = (follower.state.election, id(follower), follower.loads, key, at, frame.is_wall)
    try:
        body = await context_of(request).past_pages.get(
            kept_as, lambda: _renderer(follower, key, frame, at)
        )
    except UnknownPageError as error:
        raise HTTPException(404, f"there was no {page_key_text(key)} then") from error
    except BrokenPageError as error:
        raise HTTPException(500, str(error)) from error
    except PastIsBusyError as error:
        raise HTTPException(503, str(error), headers={"Retry-After": "1"}) from error
    return cacheable(request, body, HTML, PAST_FRESH_FOR_S)


def _is_known(slider: TimeSlider, at: int) -> bool:
    return slider.first_ms <= at <= slider.last_ms + STEP_MS


def _outside(request: Request, follower: Follower, frame: PageFrame, at: int) -> Response:
    """Answers a request for a time that is not of this night, or no longer known."""
    slider = frame.slider
    if wants_page(request):
        body = page(
            "outside.html",
            title="Nothing is known of that time",
            election=follower.state.election,
            at_ms=at,
            slider=slider,
            rehearsal=frame.is_rehearsal,
            wall=frame.is_wall,
        )
        return HTMLResponse(body, 422)
    if slider is None:
        raise HTTPException(422, f"at: {at}; nothing has been counted yet, so leave it out")
    raise HTTPException(
        422,
        f"at: {at}; expected a time of this night that is known here, from {slider.first_ms} to"
        f" {slider.last_ms} milliseconds since 1970",
    )


def _renderer(follower: Follower, key: PageKey, frame: PageFrame, at: int) -> Callable[[], bytes]:
    return partial(_rendered, follower.past_at(at), key, frame)


def _rendered(past: Callable[[], ElectionState], key: PageKey, frame: PageFrame) -> bytes:
    state = past()
    try:
        return document(frame, key, render(state, key), state, state.at)
    except (UnknownPageError, BrokenPageError):
        raise
    except Exception as error:
        report("page", f"{frame.address} of the past", error)
        raise BrokenPageError("There is a fault in what is stored of this page.") from error
