"""Error responses: a page for people, JSON for programs."""

from __future__ import annotations

from typing import Final

from fastapi.exception_handlers import http_exception_handler
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.ticker.pages.render import page

TITLES: Final = {
    401: "This page is for the desk",
    404: "There is no such page",
    500: "This page cannot be shown",
    503: "The count cannot be reached",
}


async def error_response(request: Request, error: Exception) -> Response:
    """Returns the error as a page if the client is a browser that asks for one, else as JSON."""
    assert isinstance(error, HTTPException)  # noqa: S101 -- it is registered for these only
    wants_page = "text/html" in request.headers.get("accept", "")
    if not wants_page or request.url.path.startswith(("/v1", "/live/", "/oembed")):
        return await http_exception_handler(request, error)
    title = TITLES.get(error.status_code, "This did not work")
    body = page(
        "error.html",
        title=title,
        detail=error.detail,
        status=error.status_code,
        rehearsal=False,
        wall=False,
    )
    return HTMLResponse(body, error.status_code, headers=error.headers)


async def rendering_error_response(request: Request, error: Exception) -> Response:
    """Returns the response for a page that cannot be rendered; others are not touched."""
    return await error_response(request, HTTPException(500, f"{error}; the other pages go on."))
