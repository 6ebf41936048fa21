"""Entry as a web application."""

from __future__ import annotations

from typing import Final

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from services.entry.context import EntryContext
from services.entry.routes import audit, desk, provider, ready, sign_in, wards
from services.entry.routes.answers import error_response, failed
from services.entry.routes.gate import NotSignedInError, gate, session_goes_on, to_sign_in
from services.pages import static_files
from services.pages.headers import page_headers, setting
from services.pages.unforeseen import Unforeseen
from services.platform.health import Health
from services.platform.response_headers import ResponseHeaders

PRIVATE: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""Keeps proxies, browsers and search engines from storing a page."""


def create_app(context: EntryContext, health: Health) -> FastAPI:
    """Returns the application, whose parts have been started."""
    app = FastAPI(title="livecount entry", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.context = context
    app.add_exception_handler(HTTPException, error_response)
    app.add_exception_handler(RequestValidationError, _unusable)
    app.add_exception_handler(NotSignedInError, to_sign_in)
    app.add_middleware(Unforeseen, answer=failed)
    app.add_middleware(ResponseHeaders, change=session_goes_on)
    app.add_middleware(ResponseHeaders, change=setting(headers_of))
    for router in (
        sign_in.router,
        provider.router,
        wards.router,
        desk.router,
        ready.router,
        audit.router,
    ):
        app.include_router(router, dependencies=[Depends(gate)])
    app.include_router(static_files.router)
    _add_health(app, health)
    return app


def headers_of(path: str) -> dict[str, str]:
    """Returns the headers of a path. Forms tell this service, and no other, where they are from."""
    headers = page_headers(referrer="same-origin")
    return headers if path.startswith("/static/") else headers | PRIVATE


async def _unusable(request: Request, _: Exception) -> Response:
    return await error_response(request, HTTPException(404, "There is no such page."))


def _add_health(app: FastAPI, health: Health) -> None:
    @app.get("/health/live")
    async def live() -> Response:
        """Answers 200 as long as the process serves requests."""
        return PlainTextResponse("ok")

    @app.get("/health/ready")
    async def ready() -> Response:
        """Answers 200 if Kafka answers and the log has been read, else 503 and what is missing."""
        fault = health.ready_fault()
        if fault:
            return PlainTextResponse(fault, 503)
        return PlainTextResponse("; ".join(filter(None, ("ok", health.remark))))
