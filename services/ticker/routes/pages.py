"""The pages for people: elections, a night, a council, a ward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.base import LATEST
from schemas.ids import check_council_id, election_of
from schemas.totals import CouncilTotals
from services.ticker.broadcast.live_view import View
from services.ticker.broadcast.page_key import (
    CouncilPage,
    NightPage,
    PageKey,
    WardPage,
    page_key_text,
)
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import milliseconds
from services.ticker.feed.follower import Follower
from services.ticker.pages.assets import ASSETS, MEDIA_TYPES, asset, asset_url
from services.ticker.pages.ranking import STAGES
from services.ticker.pages.render import map_of, page, render
from services.ticker.routes.caching import HTML, cacheable
from services.ticker.routes.context import context_of

router = APIRouter(include_in_schema=False)

LISTED_MAX: Final = 200
"""Elections on the page that lists them, the latest first."""

At = Annotated[int | None, Query(ge=0, le=int(LATEST.timestamp() * 1_000))]
"""A time of the night, in milliseconds since 1970."""

FOR_EVER: Final = "public, max-age=31536000, immutable"
"""A static file's address changes with its content, so that it can be cached for a year."""


@router.get("/")
async def elections(request: Request) -> Response:
    """Returns the page that lists all elections, with the sums of those that are read now.

    It follows none for it: a list must not cost what reading all of them would.
    """
    context = context_of(request)
    listed = []
    for election in (await context.elections())[:LISTED_MAX]:
        follower = context.followers.followed(election)
        councils = follower.state.opened() if follower else []
        listed.append((election, _night_title(election), councils))
    rehearsal = any(_is_rehearsal(councils) for _, _, councils in listed)
    return _html(
        request, "elections.html", elections=listed, title="Elections", rehearsal=rehearsal
    )


@router.get("/elections/{election}")
async def night(request: Request, election: str, at: At = None) -> Response:
    """Returns an election's page; with `at`, as it was then, in milliseconds since 1970."""
    follower = await context_of(request).follower(election)
    return _night(request, follower, at, "night.html")


@router.get("/embed/headline/{election}")
async def headline_embed(request: Request, election: str) -> Response:
    """Returns an election's totals, for a frame on another site."""
    follower = await context_of(request).follower(election)
    return _night(request, follower, None, "embed_headline.html")


def _night(request: Request, follower: Follower, at: int | None, template: str) -> Response:
    key = NightPage()
    view, state, feed_id = _view(follower, key, at)
    councils = state.opened()
    return _html(
        request,
        template,
        title=_night_title(state.election),
        election=state.election,
        view=view,
        view_key=page_key_text(key),
        feed_id=feed_id,
        councils=councils,
        map=map_of(councils),
        stages=STAGES,
        rehearsal=_is_rehearsal(councils),
        slider=_slider(follower, at),
    )


@router.get("/councils/{council}")
async def council(request: Request, council: str, at: At = None) -> Response:
    """Returns a council's page; with `at`, as it was then, in milliseconds since 1970."""
    return await _council(request, CouncilPage(council), at, "council.html")


@router.get("/embed/council/{council}")
async def council_embed(request: Request, council: str) -> Response:
    """Returns a council's bar and headline, for a frame on another site."""
    return await _council(request, CouncilPage(council), None, "embed_council.html")


@router.get("/councils/{council}/wards/{ballot}")
async def ward(request: Request, council: str, ballot: str, at: At = None) -> Response:
    """Returns a ward's page; with `at`, as it was then, in milliseconds since 1970."""
    return await _council(request, WardPage(council, ballot), at, "ward.html")


async def _council(
    request: Request, key: CouncilPage | WardPage, at: int | None, template: str
) -> Response:
    try:
        election = election_of(check_council_id(key.council))
    except ValueError as error:
        raise HTTPException(404, f"council: {error}") from error
    follower = await context_of(request).follower(election)
    try:
        view, state, feed_id = _view(follower, key, at)
    except KeyError as error:
        raise HTTPException(404, f"there is no {page_key_text(key)}") from error
    totals = state.councils[key.council].totals
    return _html(
        request,
        template,
        title=totals.name,
        election=election,
        view=view,
        view_key=page_key_text(key),
        feed_id=feed_id,
        totals=totals,
        rehearsal=totals.mode == "rehearsal",
        slider=_slider(follower, at),
    )


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """Returns a static file by the name that `asset_url` gives it."""
    for known in ASSETS:
        if asset_url(known) == f"/static/{name}":
            media_type = MEDIA_TYPES[known.rpartition(".")[2]]
            headers = {"Cache-Control": FOR_EVER}
            return Response(asset(known), media_type=media_type, headers=headers)
    raise HTTPException(404, f"there is no static file {name}")


def _view(follower: Follower, key: PageKey, at: int | None) -> tuple[View, ElectionState, str]:
    """Returns a view, the state that it shows and its feed id; with `at`, those of that time.

    Raises KeyError if there is no such council or ward.
    """
    if at is None:
        live_view = follower.live_view(key)
        return live_view.view, follower.state, live_view.at
    past = follower.state_at(at)
    return render(past, key), past, past.at


@dataclass(frozen=True, slots=True)
class TimeSlider:
    """The times that the slider goes from and to, in milliseconds since 1970.

    `at_ms` is the time that the page shows; None if it shows the present.
    """

    first_ms: int
    last_ms: int
    at_ms: int | None


def _slider(follower: Follower, at: int | None) -> TimeSlider | None:
    first, last = follower.ring.first, follower.ring.last
    if first is None or last is None:
        return None
    return TimeSlider(milliseconds(first), milliseconds(last), at)


def _is_rehearsal(councils: list[CouncilTotals]) -> bool:
    return any(totals.mode == "rehearsal" for totals in councils)


def _night_title(election: str) -> str:
    poll = date.fromisoformat(election.rpartition(".")[2])
    return f"{poll.day} {poll:%B %Y}"


def _html(request: Request, template: str, **values: Any) -> Response:
    wall = "wall" in request.query_params
    address = f"{context_of(request).public_url}{request.url.path}"
    body = page(template, wall=wall, address=address, **values)
    return cacheable(request, body.encode(), HTML)
