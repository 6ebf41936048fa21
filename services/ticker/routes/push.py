"""`/push/sw.js`: the service worker that shows notifications, at an address that stays."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from services.pages.assets import MEDIA_TYPES, asset

router = APIRouter(include_in_schema=False)

ALWAYS_ASKED: Final = "no-cache"
"""A browser asks for it anew, so that every reader has the current one within a day. Its scope is
`/push/`, under which there is no page: no page is loaded through it."""


@router.get("/push/sw.js")
async def service_worker() -> Response:
    """Returns the service worker."""
    headers = {"Cache-Control": ALWAYS_ASKED}
    return Response(asset("sw.js"), media_type=MEDIA_TYPES["js"], headers=headers)
