"""Error responses: a page for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Match

from services.ticker.finding.names import NamedPlace
from services.ticker.pages.templates import page
from services.ticker.routes.faults import faults_text
from services.ticker.routes.near import election_of_address, near_matches

TITLES: Final = {
    401: "This page is for the desk",
    404: "There is no such page",
    422: "There is a mistake in this address",
    429: "Too many wrong tokens",
    500: "This page cannot be shown",
    503: "The count cannot be reached",
}

_FOR_PROGRAMS: Final = ("/v1", "/live/", "/oembed")


async def error_response(request: Request, error: Exception) -> Response:
    """Returns the error as a page if the client is a browser that asks for one, else as JSON.

    An address with a slash too many is redirected to the one without.
    """
    assert isinstance(error, HTTPException)  # noqa: S101 -- it is registered for these only
    without_slash = _without_slash(request) if error.status_code == 404 else None  # noqa: PLR2004
    if without_slash is not None:
        return RedirectResponse(without_slash, status_code=307)
    if not wants_page(request):
        return await http_exception_handler(request, error)
    near: Sequence[NamedPlace] = ()
    election = ""
    if error.status_code == 404:  # noqa: PLR2004 -- as above
        near, election = await near_matches(request), await election_of_address(request)
    headers = dict(error.headers or {})
    return _error_page(error.status_code, str(error.detail), headers, near, election)


async def refusal(request: Request, error: Exception) -> Response:
    """Returns what is wrong with a request's parameters: each with name, value and remedy."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- as above
    detail = faults_text(error.errors())
    if not wants_page(request):
        return JSONResponse({"detail": detail}, 422)
    return _error_page(422, detail, {})


def wants_page(request: Request) -> bool:
    """Returns whether an answer is for people: a browser asks, and not for data."""
    accepts = "text/html" in request.headers.get("accept", "")
    return accepts and not request.scope["path"].startswith(_FOR_PROGRAMS)


def _error_page(
    status: int,
    detail: str,
    headers: dict[str, str],
    near: Sequence[NamedPlace] = (),
    election: str = "",
) -> Response:
    """Returns a page for people; `near` are places that the address may have meant.

    `election` is searched in the form of an address that does not exist, all if it is blank.
    """
    body = page(
        "error.html",
        title=TITLES.get(status, "This did not work"),
        detail=detail,
        status=status,
        near=near,
        election=election,
        rehearsal=False,
        wall=False,
    )
    return HTMLResponse(body, status, headers=headers)


def _without_slash(request: Request) -> str | None:
    """Returns a request's path without the slashes at its end, if that is an address of ours.

    It is relative to this host, whatever the request calls that, and begins with one slash, so
    that it cannot be taken for the address of another host.
    """
    path: str = request.scope["path"]
    shorter = path.rstrip("/")
    if shorter == path or not shorter or path.startswith(("//", "/\\")):
        return None
    scope = {**request.scope, "path": shorter}
    if all(route.matches(scope)[0] is not Match.FULL for route in request.app.router.routes):
        return None
    query = request.scope["query_string"].decode("latin-1")
    return f"{shorter}?{query}" if query else shorter


def failed(request: Request, request_id: str) -> Response:
    """Returns the answer to a fault that nobody foresaw, with the id it is logged under."""
    detail = (
        f"The ticker has a fault, which its log describes under the id {request_id}. The other"
        " pages are not affected."
    )
    if wants_page(request):
        return _error_page(500, detail, {"Cache-Control": "no-store"})
    body = f'{{"detail":"{detail}","request_id":"{request_id}"}}'
    return Response(body, 500, headers={"Cache-Control": "no-store"}, media_type="application/json")
