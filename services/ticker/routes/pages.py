"""The pages for people: elections, a night, a council, a ward."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import Response

from schemas.ids import check_council_id, election_of
from services.ticker.broadcast.page_key import (
    BrokenPageError,
    CouncilPage,
    NightPage,
    PageKey,
    UnknownPageError,
    WardPage,
    page_key_text,
)
from services.ticker.broken import report
from services.ticker.feed.election_views import NOT_RENDERED
from services.ticker.feed.follower import Follower
from services.ticker.pages.document import PageFrame, document, night_title, time_slider
from services.ticker.pages.past_pages import rounded
from services.ticker.pages.templates import page
from services.ticker.routes.caching import HTML, cacheable
from services.ticker.routes.context import context_of, public_address
from services.ticker.routes.parameters import BallotId, CouncilId, ElectionId
from services.ticker.routes.past import At, past_page

router = APIRouter(include_in_schema=False)


@router.get("/")
async def elections(request: Request) -> Response:
    """Returns the page that lists all elections."""
    listed = await context_of(request).summaries_of_elections()
    body = page(
        "elections.html",
        elections=[(each, night_title(each.election)) for each in listed],
        title="Elections",
        rehearsal=any(each.is_rehearsal for each in listed),
        wall=_is_wall(request),
    )
    return cacheable(request, body.encode(), HTML)


@router.get("/elections/{election}")
async def night(request: Request, election: ElectionId, at: At = None) -> Response:
    """Returns an election's page; with `at`, as it was then, in milliseconds since 1970."""
    return await _page(request, election, NightPage(), "night.html", at)


@router.get("/embed/headline/{election}")
async def headline_embed(request: Request, election: ElectionId) -> Response:
    """Returns an election's totals, for a frame on another site."""
    return await _page(request, election, NightPage(), "embed_headline.html")


@router.get("/councils/{council}")
async def council(request: Request, council: CouncilId, at: At = None) -> Response:
    """Returns a council's page; with `at`, as it was then, in milliseconds since 1970."""
    return await _page(request, _election(council), CouncilPage(council), "council.html", at)


@router.get("/embed/council/{council}")
async def council_embed(request: Request, council: CouncilId) -> Response:
    """Returns a council's bar and headline, for a frame on another site."""
    return await _page(request, _election(council), CouncilPage(council), "embed_council.html")


@router.get("/councils/{council}/wards/{ballot}")
async def ward(request: Request, council: CouncilId, ballot: BallotId, at: At = None) -> Response:
    """Returns a ward's page; with `at`, as it was then, in milliseconds since 1970."""
    return await _page(request, _election(council), WardPage(council, ballot), "ward.html", at)


def _election(council: str) -> str:
    """Returns a council's election. Raises HTTPException with 404 if that is no council's id."""
    try:
        return election_of(check_council_id(council))
    except ValueError as error:
        raise HTTPException(404, f"council: {error}") from error


def _is_wall(request: Request) -> bool:
    return "wall" in request.query_params


async def _page(
    request: Request, election: str, key: PageKey, template: str, at: int | None = None
) -> Response:
    """Returns a page as it is now, or as it was at a time.

    Raises HTTPException: 404 if there is no such page, 500 if it cannot be shown.
    """
    follower = await context_of(request).follower(election)
    frame = PageFrame(
        template,
        public_address(request) + request.scope["path"],
        _is_wall(request),
        time_slider(follower.ring, None if at is None else rounded(at)),
        push_url=context_of(request).push_url,
    )
    if at is not None:
        return await past_page(request, follower, key, frame, at)
    try:
        return cacheable(request, _present(follower, key, frame), HTML)
    except UnknownPageError as error:
        raise HTTPException(404, f"there is no {page_key_text(key)}") from error
    except BrokenPageError as error:
        raise HTTPException(500, str(error)) from error


def _present(follower: Follower, key: PageKey, frame: PageFrame) -> bytes:
    live_view = follower.live_view(key)
    try:
        return document(frame, key, live_view.view, follower.state, live_view.at)
    except Exception as error:
        report("page", frame.address, error)
        raise BrokenPageError(NOT_RENDERED) from error
