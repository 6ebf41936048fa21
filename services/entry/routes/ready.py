"""`/ready`: what is left to do before the polls close."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.entry.context import context_of
from services.entry.night_look import LookTimeoutError
from services.entry.routes.answers import shown, still_reading
from services.readiness.checks import Check

router = APIRouter(include_in_schema=False)

SHOWN_MAX: Final = 20
"""Lines of a check that are seen at once; the others are behind a summary."""

LINES_MAX: Final = 1_000
"""Lines of a check on the page: as many faults as a file's readers list. The rest is counted."""


@router.get("/ready")
async def ready(request: Request) -> Response:
    """Returns the page with what was looked at, in the night's folder and in the log."""
    context = context_of(request)
    try:
        with still_reading():
            checks = await context.night.checks()
    except LookTimeoutError:
        night = context.night
        what = f"{night.folder} cannot be read within {night.timeout_s:g} seconds"
        late = Check(what, ("see whether it can be reached, and load this page again",))
        return _page(request, (late,), 503)
    return _page(request, checks, 200)


def _page(request: Request, checks: tuple[Check, ...], status: int) -> Response:
    context = context_of(request)
    return shown(
        request,
        "ready.html",
        status,
        title="Ready?",
        folder=context.night.folder,
        checks=checks,
        left=sum(len(check.left) for check in checks),
        at=context.clock(),
        notice=context.listed.notice,
        shown_max=SHOWN_MAX,
        lines_max=LINES_MAX,
    )
