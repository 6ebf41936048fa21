"""The pages for people: elections, a night, a council, a ward."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import Response

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
from services.ticker.pages.document import PageFrame, document, time_slider
from services.ticker.pages.embed import Embed
from services.ticker.pages.listing import ALL_COUNCILS, Choice
from services.ticker.pages.log_line import LogLine, line_of_council, line_of_night
from services.ticker.pages.night_title import night_title
from services.ticker.pages.past_pages import rounded
from services.ticker.pages.templates import page
from services.ticker.routes.caching import HTML, cacheable
from services.ticker.routes.context import context_of, public_address
from services.ticker.routes.one_council import polled_in
from services.ticker.routes.parameters import (
    BallotId,
    CouncilId,
    ElectionId,
    ListWord,
    PageLanguage,
    SortOrder,
)
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
        knows_postcodes=context_of(request).finder.knows_postcodes,
    )
    return cacheable(request, body.encode(), HTML)


@router.get("/elections/{election}")
async def night(  # noqa: PLR0913, PLR0917 -- one argument for each parameter
    request: Request,
    election: ElectionId,
    at: At = None,
    sort: SortOrder = "near",
    party: ListWord = "",
    region: ListWord = "",
    outcome: ListWord = "",
    language: PageLanguage = "en",
) -> Response:
    """Returns an election's page; with `at`, as it was then, in milliseconds since 1970.

    The other parameters say which councils are listed and in which order, as the page's own form
    writes them. The past is always shown whole.
    """
    if at is not None:
        return await page_of(request, election, NightPage(language=language), "night.html", at)
    choice = Choice(sort, party, region, outcome)
    return await page_of(request, election, NightPage(sort, language), "night.html", choice=choice)


@router.get("/councils/{council}")
async def council(
    request: Request, council: CouncilId, at: At = None, language: PageLanguage = "en"
) -> Response:
    """Returns a council's page; with `at`, as it was then, in milliseconds since 1970."""
    key = CouncilPage(council, language)
    return await page_of(request, polled_in(council), key, "council.html", at)


@router.get("/councils/{council}/wards/{ballot}")
async def ward(
    request: Request,
    council: CouncilId,
    ballot: BallotId,
    at: At = None,
    language: PageLanguage = "en",
) -> Response:
    """Returns a ward's page; with `at`, as it was then, in milliseconds since 1970."""
    key = WardPage(council, ballot, language)
    return await page_of(request, polled_in(council), key, "ward.html", at)


def _is_wall(request: Request) -> bool:
    return "wall" in request.query_params


async def page_of(  # noqa: PLR0913 -- each is a part of what a page is
    request: Request,
    election: str,
    key: PageKey,
    template: str,
    at: int | None = None,
    *,
    embed: Embed | None = None,
    choice: Choice = ALL_COUNCILS,
) -> Response:
    """Returns a page as it is now, or as it was at a time; `embed` if it is for a frame elsewhere.

    Raises HTTPException: 404 if there is no such page, 500 if it cannot be shown.
    """
    follower = await context_of(request).follower(election)
    frame = PageFrame(
        template,
        public_address(request) + request.scope["path"],
        _is_wall(request),
        time_slider(follower.history, None if at is None else rounded(at)),
        embed=embed,
        # Before the first council was opened, nothing on the page itself says that it is one.
        is_rehearsal=at is not None and follower.state.is_rehearsal,
        choice=choice,
        knows_postcodes=context_of(request).finder.knows_postcodes,
        push_url=context_of(request).push_url,
        log_line=await _log_line(request, key) if at is None and embed is None else None,
    )
    if at is not None:
        return await past_page(request, follower, key, frame, at)
    try:
        return cacheable(request, _present(follower, key, frame), HTML)
    except UnknownPageError as error:
        raise HTTPException(404, f"there is no {page_key_text(key)}") from error
    except BrokenPageError as error:
        raise HTTPException(500, str(error)) from error


async def _log_line(request: Request, key: PageKey) -> LogLine | None:
    """Returns what a page says of the log, as it was read last: no page waits for it."""
    heads = context_of(request).log_heads
    match key:
        case NightPage():
            return line_of_night(heads.known)
        case CouncilPage(council):
            return line_of_council(council, await heads.known_of(council))
        case _:
            return None


def _present(follower: Follower, key: PageKey, frame: PageFrame) -> bytes:
    live_view = follower.live_view(key)
    try:
        return document(frame, key, live_view.view, follower.state, live_view.at)
    except Exception as error:
        report("page", frame.address, error)
        raise BrokenPageError(NOT_RENDERED) from error
