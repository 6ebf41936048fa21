"""`/embed/…`: a council, a ward or a night's totals, for a frame on another site."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.pages.language import Language
from services.ticker.broadcast.page_key import CouncilPage, NightPage, WardPage
from services.ticker.pages.embed import Embed, Theme, source_text, with_query
from services.ticker.routes.context import context_of
from services.ticker.routes.one_council import polled_in
from services.ticker.routes.pages import page_of
from services.ticker.routes.parameters import BallotId, CouncilId, ElectionId, PageLanguage

router = APIRouter(prefix="/embed", include_in_schema=False)

ThemeName = Annotated[Theme, Query(description="How it looks; auto follows the reader's system.")]


@router.get("/headline/{election}")
async def of_a_night(
    request: Request, election: ElectionId, theme: ThemeName = "auto", language: PageLanguage = "en"
) -> Response:
    """Returns an election's totals, for a frame on another site."""
    embed = _embed(request, f"/elections/{election}", theme, language)
    return await page_of(
        request, election, NightPage(language=language), "embed_headline.html", embed=embed
    )


@router.get("/council/{council}")
async def of_a_council(
    request: Request, council: CouncilId, theme: ThemeName = "auto", language: PageLanguage = "en"
) -> Response:
    """Returns a council's bar and headline, for a frame on another site."""
    embed = _embed(request, f"/councils/{council}", theme, language)
    key = CouncilPage(council, language)
    election = polled_in(council)
    return await page_of(request, election, key, "embed_council.html", embed=embed)


@router.get("/ward/{council}/{ballot}")
async def of_a_ward(
    request: Request,
    council: CouncilId,
    ballot: BallotId,
    theme: ThemeName = "auto",
    language: PageLanguage = "en",
) -> Response:
    """Returns a ward's result, for a frame on another site."""
    embed = _embed(request, f"/councils/{council}/wards/{ballot}", theme, language)
    key = WardPage(council, ballot, language)
    return await page_of(request, polled_in(council), key, "embed_ward.html", embed=embed)


def _embed(request: Request, path: str, theme: Theme, language: Language) -> Embed:
    page = with_query(path, language=None if language == "en" else language)
    return Embed(theme, source_text(context_of(request).newsroom), page)
