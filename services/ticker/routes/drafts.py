"""Drafts of councils and nights, as data and as pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.drafts.drawing import Drawn, NoSuchDraftError, drawn_council, drawn_night
from services.ticker.drafts.published import CHECK_OWED, PublishedDraft, published
from services.ticker.feed.entry import FEED_ID, is_feed_id
from services.ticker.pages.templates import page
from services.ticker.routes.caching import HTML, JSON, cacheable
from services.ticker.routes.context import context_of
from services.ticker.routes.described import REFUSALS, Problem, json_of
from services.ticker.routes.faults import malformed_feed_id
from services.ticker.routes.one_council import council_of
from services.ticker.routes.parameters import (
    FEED_ID_CHARS_MAX,
    CouncilId,
    ElectionId,
    PageLanguage,
)

data = APIRouter(prefix="/v1", tags=["drafts"], responses=REFUSALS)

pages = APIRouter(include_in_schema=False)

Since = Annotated[
    str | None,
    Query(
        description="The feed id of an earlier draft: only what was withdrawn after it is listed.",
        max_length=FEED_ID_CHARS_MAX,
        json_schema_extra={"pattern": f"^{FEED_ID}$"},
    ),
]

_ANSWERS = json_of(PublishedDraft) | {
    400: {"model": Problem, "description": "That is no feed id."},
}


@data.get("/councils/{council}/draft", responses=_ANSWERS)
async def council_draft(
    request: Request, council: CouncilId, language: PageLanguage = "en", since: Since = None
) -> Response:
    """Returns a story of a council in sentences; each number says what it rests on."""
    return _data(request, await _of_council(request, council, language), since)


@data.get("/elections/{election}/draft", responses=_ANSWERS)
async def night_draft(
    request: Request, election: ElectionId, language: PageLanguage = "en", since: Since = None
) -> Response:
    """Returns a story of a night in sentences; each number says what it rests on."""
    return _data(request, await _of_night(request, election, language), since)


@pages.get("/councils/{council}/draft")
async def council_page(
    request: Request, council: CouncilId, language: PageLanguage = "en"
) -> Response:
    """Returns the page with a council's draft."""
    return _page(request, await _of_council(request, council, language))


@pages.get("/elections/{election}/draft")
async def night_page(
    request: Request, election: ElectionId, language: PageLanguage = "en"
) -> Response:
    """Returns the page with a night's draft."""
    return _page(request, await _of_night(request, election, language))


async def _of_council(request: Request, council: str, language: PageLanguage) -> Drawn:
    """Returns a council's draft. Raises HTTPException with 404 if there is none."""
    follower, found = await council_of(request, council)
    try:
        return drawn_council(context_of(request).templates, follower.state, found, language)
    except NoSuchDraftError as error:
        raise HTTPException(404, str(error)) from error


async def _of_night(request: Request, election: str, language: PageLanguage) -> Drawn:
    """Returns a night's draft. Raises HTTPException with 404 if there is none."""
    context = context_of(request)
    state = (await context.follower(election)).state
    try:
        return drawn_night(context.templates, state, language)
    except NoSuchDraftError as error:
        raise HTTPException(404, str(error)) from error


def _data(request: Request, drawn: Drawn, since: str | None) -> Response:
    if since is not None and not is_feed_id(since):
        raise malformed_feed_id("since", since)
    return cacheable(request, published(drawn, since).model_dump_json().encode(), JSON)


def _page(request: Request, drawn: Drawn) -> Response:
    language = drawn.draft.language
    body = page(
        "draft.html",
        drawn=drawn,
        draft=drawn.draft,
        language=language,
        page_language=language,
        check_owed=CHECK_OWED,
        title=drawn.name,
        rehearsal=drawn.mode == "rehearsal",
        wall=False,
    )
    return cacheable(request, body.encode(), HTML)
