"""The pages for people: elections, a night, a council, a ward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import Response

from schemas.ids import check_council_id, election_of
from schemas.totals import CouncilTotals
from services.ticker.broadcast.live_view import View
from services.ticker.feed.election_state import Night
from services.ticker.feed.entry import milliseconds
from services.ticker.feed.follower import Follower
from services.ticker.pages.assets import ASSETS, MEDIA_TYPES, asset, asset_url
from services.ticker.pages.ranking import STAGES
from services.ticker.pages.render import map_of, page, render
from services.ticker.routes.caching import HTML, answer
from services.ticker.routes.context import desk_of

router = APIRouter(include_in_schema=False)

FOR_EVER = "public, max-age=31536000, immutable"
"""A static file's name changes with its content, so a year is safe."""


@router.get("/")
async def elections(request: Request) -> Response:
    """Lists the elections there are."""
    desk = desk_of(request)
    nights = [(await desk.follower(election)).night for election in await desk.elections()]
    listed = [(night.election, _night_title(night.election), night.opened()) for night in nights]
    rehearsal = any(_is_rehearsal(councils) for _, _, councils in listed)
    return _html(request, "elections.html", nights=listed, title="Elections", rehearsal=rehearsal)


@router.get("/elections/{election}")
async def night(request: Request, election: str, at: int | None = None) -> Response:
    """The night at a glance; with `at`, as it stood at that moment in milliseconds."""
    follower = await desk_of(request).follower(election)
    return _night(request, follower, at, "night.html")


@router.get("/embed/headline/{election}")
async def headline_embed(request: Request, election: str) -> Response:
    """The night's totals alone, for somebody else's page."""
    follower = await desk_of(request).follower(election)
    return _night(request, follower, None, "embed_headline.html")


def _night(request: Request, follower: Follower, at: int | None, template: str) -> Response:
    view, shown, feed_id = _view(follower, "night", at)
    councils = shown.opened()
    return _html(
        request,
        template,
        title=_night_title(shown.election),
        election=shown.election,
        view=view,
        view_key="night",
        feed_id=feed_id,
        councils=councils,
        map=map_of(councils),
        stages=STAGES,
        rehearsal=_is_rehearsal(councils),
        past=_past(follower, at),
    )


@router.get("/councils/{council}")
async def council(request: Request, council: str, at: int | None = None) -> Response:
    """One council; with `at`, as it stood at that moment in milliseconds."""
    return await _council(request, council, f"council {council}", at, "council.html")


@router.get("/embed/council/{council}")
async def council_embed(request: Request, council: str) -> Response:
    """One council's bar and headline, for somebody else's page."""
    return await _council(request, council, f"council {council}", None, "embed_council.html")


@router.get("/councils/{council}/wards/{ballot}")
async def ward(request: Request, council: str, ballot: str, at: int | None = None) -> Response:
    """One ward's result."""
    return await _council(request, council, f"ward {council} {ballot}", at, "ward.html")


async def _council(
    request: Request, council: str, key: str, at: int | None, template: str
) -> Response:
    try:
        election = election_of(check_council_id(council))
    except ValueError as error:
        raise HTTPException(404, f"council: {error}") from error
    follower = await desk_of(request).follower(election)
    try:
        view, shown, feed_id = _view(follower, key, at)
    except KeyError as error:
        raise HTTPException(404, f"there is no {key}") from error
    found = shown.councils[council]
    return _html(
        request,
        template,
        title=found.totals.name,
        election=election,
        view=view,
        view_key=key,
        feed_id=feed_id,
        totals=found.totals,
        wards=found.wards,
        rehearsal=found.totals.mode == "rehearsal",
        past=_past(follower, at),
    )


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """A static file under its content's name."""
    for known in ASSETS:
        if asset_url(known) == f"/static/{name}":
            media_type = MEDIA_TYPES[known.rpartition(".")[2]]
            headers = {"Cache-Control": FOR_EVER}
            return Response(asset(known), media_type=media_type, headers=headers)
    raise HTTPException(404, f"there is no static file {name}")


def _view(follower: Follower, key: str, at: int | None) -> tuple[View, Night, str]:
    """Returns a view, the night it shows and its feed id. Raises KeyError for an unknown view."""
    if at is None:
        channel = follower.channel(key)
        return channel.view, follower.night, channel.at
    past = follower.as_it_stood(at)
    return render(past, key), past, past.at


@dataclass(frozen=True, slots=True)
class Past:
    """How far back the slider goes, in milliseconds since 1970, and where it stands."""

    first_ms: int
    last_ms: int
    at_ms: int | None


def _past(follower: Follower, at: int | None) -> Past | None:
    first, last = follower.ring.first, follower.ring.last
    if first is None or last is None:
        return None
    return Past(milliseconds(first), milliseconds(last), at)


def _is_rehearsal(councils: list[CouncilTotals]) -> bool:
    return any(totals.mode == "rehearsal" for totals in councils)


def _night_title(election: str) -> str:
    poll = date.fromisoformat(election.rpartition(".")[2])
    return f"{poll.day} {poll:%B %Y}"


def _html(request: Request, template: str, **values: Any) -> Response:
    wall = "wall" in request.query_params
    address = str(request.url.replace(query=""))
    body = page(template, wall=wall, address=address, **values)
    return answer(request, body.encode(), HTML)
