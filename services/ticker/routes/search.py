"""Search by council, ward and postcode, for people; its suggestions, for the page's script."""

from __future__ import annotations

from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.feed.follower import Follower
from services.ticker.finding.finder import Found
from services.ticker.finding.postcodes import spaced
from services.ticker.finding.spelling import QUERY_CHARS_MAX
from services.ticker.pages.night_title import night_title
from services.ticker.pages.templates import page
from services.ticker.routes.caching import HTML, JSON, cacheable
from services.ticker.routes.context import context_of
from services.ticker.routes.parameters import ElectionId

router = APIRouter(include_in_schema=False)

SEARCHED_MAX: Final = 3
"""Elections that are searched at once, the latest: tonight's, and what a reader may mean besides.
Each that nobody reads has to be loaded first, which takes a second or two."""

SUGGESTED_MAX: Final = 8
"""Suggestions below the field: as many as a phone shows above its keyboard."""

Words = Annotated[str, Query(max_length=QUERY_CHARS_MAX)]
"""What a reader types."""


@router.get("/search")
async def search(request: Request, q: Words = "") -> Response:
    """Returns the page of what a query finds in the latest elections."""
    return await _results(request, q, await _latest(request), None)


@router.get("/search/names")
async def names(request: Request, q: Words = "") -> Response:
    """Returns names that a query may mean, as JSON, from the latest elections."""
    return await _suggestions(request, q, await _latest(request))


@router.get("/elections/{election}/search")
async def search_election(request: Request, election: ElectionId, q: Words = "") -> Response:
    """Returns the page of what a query finds in one election."""
    follower = await context_of(request).follower(election)
    return await _results(request, q, [follower], election)


@router.get("/elections/{election}/search/names")
async def names_of_election(request: Request, election: ElectionId, q: Words = "") -> Response:
    """Returns names of one election that a query may mean, as JSON."""
    return await _suggestions(request, q, [await context_of(request).follower(election)])


async def _latest(request: Request) -> list[Follower]:
    context = context_of(request)
    listed = await context.summaries_of_elections()
    return [await context.follower(each.election) for each in listed[:SEARCHED_MAX]]


async def _results(
    request: Request, query: str, followers: list[Follower], election: str | None
) -> Response:
    finder = context_of(request).finder
    found: list[tuple[str, str, Found]] = []
    for follower in followers:
        state = follower.state
        result = await finder.find(query, state) if query.strip() else Found(())
        found.append((state.election, night_title(state.election), result))
    postcode = next((result.postcode for _, _, result in found), "")
    body = page(
        "find/results.html",
        title="Search",
        query=query,
        election=election,
        found=found,
        is_found=any(result.places for _, _, result in found),
        postcode=spaced(postcode) if postcode else "",
        postcode_known=next((result.postcode_known for _, _, result in found), None),
        knows_postcodes=finder.knows_postcodes,
        rehearsal=any(each.state.is_rehearsal for each in followers),
        wall=False,
    )
    return cacheable(request, body.encode(), HTML)


async def _suggestions(request: Request, query: str, followers: list[Follower]) -> Response:
    finder = context_of(request).finder
    found: dict[str, None] = {}
    for follower in followers:
        for each in await finder.near(query, follower.state, SUGGESTED_MAX):
            found[f"{each.name}, {each.within}" if each.within else each.name] = None
    return cacheable(request, orjson.dumps({"names": list(found)[:SUGGESTED_MAX]}), JSON)
