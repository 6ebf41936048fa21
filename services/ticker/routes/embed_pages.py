"""`/embed/…`: a council, a ward or a night's totals, for a frame on another site."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.broadcast.page_key import CouncilPage, NightPage, WardPage
from services.ticker.pages.embed import Embed, Theme, source_text, with_query
from services.ticker.routes.context import context_of
from services.ticker.routes.pages import page_of, polled_in
from services.ticker.routes.parameters import BallotId, CouncilId, ElectionId

router = APIRouter(prefix="/embed", include_in_schema=False)

ThemeName = Annotated[Theme, Query(description="How it looks; auto follows the reader's system.")]

Language = Annotated[
    str | None,
    StringConstraints(max_length=2, pattern="^[a-z]{2}$"),
    Query(description="The language of the pages that it leads to, such as cy."),
]
"""A language by its two letters (ISO 639-1)."""


@router.get("/headline/{election}")
async def of_a_night(
    request: Request, election: ElectionId, theme: ThemeName = "auto", language: Language = None
) -> Response:
    """Returns an election's totals, for a frame on another site."""
    embed = _embed(request, f"/elections/{election}", theme, language)
    return await page_of(request, election, NightPage(), "embed_headline.html", embed=embed)


@router.get("/council/{council}")
async def of_a_council(
    request: Request, council: CouncilId, theme: ThemeName = "auto", language: Language = None
) -> Response:
    """Returns a council's bar and headline, for a frame on another site."""
    embed = _embed(request, f"/councils/{council}", theme, language)
    key = CouncilPage(council)
    election = polled_in(council)
    return await page_of(request, election, key, "embed_council.html", embed=embed)


@router.get("/ward/{council}/{ballot}")
async def of_a_ward(
    request: Request,
    council: CouncilId,
    ballot: BallotId,
    theme: ThemeName = "auto",
    language: Language = None,
) -> Response:
    """Returns a ward's result, for a frame on another site."""
    embed = _embed(request, f"/councils/{council}/wards/{ballot}", theme, language)
    key = WardPage(council, ballot)
    return await page_of(request, polled_in(council), key, "embed_ward.html", embed=embed)


def _embed(request: Request, path: str, theme: Theme, language: str | None) -> Embed:
    page = with_query(path, language=language)
    return Embed(theme, source_text(context_of(request).newsroom), page)
