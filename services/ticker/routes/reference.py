"""`/v1/docs`: the description of the data as a page, made from the OpenAPI document."""

from __future__ import annotations

from functools import lru_cache

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.ticker.pages.api_page import groups, schemas
from services.ticker.pages.templates import page
from services.ticker.routes.caching import HTML, cacheable

router = APIRouter(prefix="/v1", include_in_schema=False)


@router.get("")
async def beginning() -> Response:
    """Redirects to the description of what is under this path."""
    return RedirectResponse("/v1/docs", status_code=307)


@router.get("/docs")
async def description(request: Request) -> Response:
    """Returns the description as a page; no script of others is needed to read it."""
    return cacheable(request, _page_of(request.app), HTML)


@lru_cache(maxsize=1)
def _page_of(app: FastAPI) -> bytes:
    document = app.openapi()
    return page(
        "api.html",
        title="The data and the stream",
        document=document,
        server=document["servers"][0]["url"],
        groups=groups(document),
        schemas=schemas(document),
        rehearsal=False,
        wall=False,
    ).encode()
