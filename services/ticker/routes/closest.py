"""The closest councils and wards of a night: a page, and as data."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.feed.election_state import ElectionState
from services.ticker.formats.closest_table import closest_councils_csv, closest_wards_csv
from services.ticker.pages.closest import (
    CLOSEST_MAX,
    ClosestCouncil,
    ClosestWard,
    closest_councils,
    closest_wards,
)
from services.ticker.pages.night_title import night_title
from services.ticker.pages.templates import page
from services.ticker.routes.api import FeedId
from services.ticker.routes.caching import CSV, HTML, JSON, cacheable
from services.ticker.routes.context import context_of, public_address
from services.ticker.routes.described import REFUSALS, json_of, text_as
from services.ticker.routes.parameters import ElectionId

pages = APIRouter(include_in_schema=False)
data = APIRouter(prefix="/v1/elections/{election}", tags=["data"], responses=REFUSALS)

SHOWN: Final = 40
"""Councils and wards on the page: more than anybody reads; the data have the others."""

Limit = Annotated[
    int,
    Query(ge=1, le=CLOSEST_MAX, description="How many councils, and how many wards, at most."),
]


class Closest(BaseModel):
    """The closest councils and wards at one feed id, the closest first."""

    feed_id: FeedId
    election: str
    councils: list[ClosestCouncil]
    wards: list[ClosestWard]


@pages.get("/elections/{election}/closest")
async def closest_page(request: Request, election: ElectionId) -> Response:
    """Returns the page of a night's closest councils and wards."""
    state = await _state(request, election)
    body = page(
        "closest.html",
        title=f"The closest councils and wards, {night_title(election)}",
        election=election,
        address=f"{public_address(request)}/elections/{election}/closest",
        feed_id=state.at,
        councils=closest_councils(state.opened())[:SHOWN],
        wards=closest_wards(state, SHOWN),
        rehearsal=state.is_rehearsal,
        wall=False,
    )
    return cacheable(request, body.encode(), HTML)


@data.get("/closest", responses=json_of(Closest))
async def closest(request: Request, election: ElectionId, limit: Limit = 100) -> Response:
    """Returns the councils and wards that the fewest votes would have changed, between parties."""
    state = await _state(request, election)
    found = Closest(
        feed_id=state.at,
        election=election,
        councils=closest_councils(state.opened())[:limit],
        wards=closest_wards(state, limit),
    )
    return cacheable(request, found.model_dump_json().encode(), JSON)


@data.get("/closest-councils.csv", response_class=Response, responses=text_as("text/csv"))
async def councils_table(request: Request, election: ElectionId, limit: Limit = 100) -> Response:
    """Returns one row for each of the closest councils."""
    councils = closest_councils((await _state(request, election)).opened())
    return cacheable(request, closest_councils_csv(councils[:limit]), CSV)


@data.get("/closest-wards.csv", response_class=Response, responses=text_as("text/csv"))
async def wards_table(request: Request, election: ElectionId, limit: Limit = 100) -> Response:
    """Returns one row for each of the closest wards."""
    wards = closest_wards(await _state(request, election), limit)
    return cacheable(request, closest_wards_csv(wards), CSV)


async def _state(request: Request, election: str) -> ElectionState:
    return (await context_of(request).follower(election)).state
