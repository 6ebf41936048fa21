"""When a night's councils are expected: a page, a calendar, and as data."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Final

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.feed.told_times import told_times
from services.ticker.formats.calendar import MEDIA_TYPE, dated, expected_ics
from services.ticker.pages.expected import ExpectedCouncil, expected_councils
from services.ticker.pages.night_title import night_title
from services.ticker.pages.past_pages import PastIsBusyError
from services.ticker.pages.templates import page
from services.ticker.routes.api import FeedId
from services.ticker.routes.caching import HTML, JSON, cacheable
from services.ticker.routes.context import context_of, public_address
from services.ticker.routes.described import REFUSALS, json_of, text_as
from services.ticker.routes.parameters import ElectionId

pages = APIRouter(include_in_schema=False)
data = APIRouter(prefix="/v1/elections/{election}", tags=["data"], responses=REFUSALS)

CALENDAR_FRESH_FOR_S: Final = 60
"""Calendars look again every few minutes at the soonest."""


class Expected(BaseModel):
    """When councils are expected, at one feed id."""

    feed_id: FeedId
    election: str
    councils: list[ExpectedCouncil] = Field(
        description="Councils that are not complete, those expected first; those without a time"
        " last."
    )
    not_opened: list[str] = Field(
        description="Names of councils on the newsroom's list of which nothing is known yet."
    )


@pages.get("/elections/{election}/expected")
async def expected_page(request: Request, election: ElectionId) -> Response:
    """Returns the page that says which council is expected when."""
    follower = await context_of(request).follower(election)
    site = public_address(request)
    councils = expected_councils(follower.state, datetime.now(UTC))
    night = follower.state.nation.night
    body = page(
        "expected.html",
        title=f"When councils are expected, {night_title(election)}",
        election=election,
        address=f"{site}/elections/{election}/expected",
        calendar=f"{site}/v1/elections/{election}/expected.ics",
        feed_id=follower.state.at,
        overdue=[each for each in councils if each.overdue],
        to_come=[each for each in councils if each.shown_at is not None and not each.overdue],
        without_time=[each for each in councils if each.shown_at is None],
        not_opened=night.councils.not_opened if night is not None else (),
        rehearsal=follower.state.is_rehearsal,
        wall=False,
    )
    return cacheable(request, body.encode(), HTML)


@data.get("/expected", responses=json_of(Expected))
async def expected(request: Request, election: ElectionId) -> Response:
    """Returns the councils that are not complete, with when they are expected."""
    state = (await context_of(request).follower(election)).state
    night = state.nation.night
    found = Expected(
        feed_id=state.at,
        election=election,
        councils=expected_councils(state, datetime.now(UTC)),
        not_opened=list(night.councils.not_opened) if night is not None else [],
    )
    return cacheable(request, found.model_dump_json().encode(), JSON)


@data.get("/expected.ics", response_class=Response, responses=text_as("text/calendar"))
async def calendar(request: Request, election: ElectionId) -> Response:
    """Returns the same as a calendar to subscribe to, with a reminder ten minutes before each."""
    follower = await context_of(request).follower(election)
    state, told = follower.state, told_times(follower.ring)
    councils = dated(state, expected_councils(state, datetime.now(UTC)), told)
    title = f"Council results expected, {night_title(election)}"
    site = public_address(request)
    # Some 100 ms for a night of 143 councils, so it is written beside the event loop and kept.
    kept_as = ("calendar", election, id(follower), follower.loads, state.at, site)
    try:
        body = await context_of(request).cards.get(
            kept_as, lambda: partial(expected_ics, councils, told, title=title, site=site)
        )
    except PastIsBusyError as error:
        detail = "Many calendars are asked for just now; try again in a second."
        raise HTTPException(503, detail, headers={"Retry-After": "1"}) from error
    return cacheable(request, body, MEDIA_TYPE, CALENDAR_FRESH_FOR_S)
