"""How it works, for readers."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.pages.how_it_works import how_it_works
from services.ticker.routes.caching import HTML, cacheable
from services.ticker.routes.context import context_of

router = APIRouter(include_in_schema=False)


@router.get("/how-it-works")
async def how(request: Request) -> Response:
    """Returns the page that says how results come in and what the words mean."""
    context = context_of(request)
    body = how_it_works(
        contact=context.corrections_contact, knows_postcodes=context.finder.knows_postcodes
    )
    return cacheable(request, body.encode(), HTML)
