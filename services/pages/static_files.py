"""`/static/…`: the style sheet and the script, for every service that has pages."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path
from starlette.responses import Response

from services.pages.assets import ASSETS, MEDIA_TYPES, asset, asset_url

router = APIRouter(include_in_schema=False)

FOR_EVER: Final = "public, max-age=31536000, immutable"
"""A static file's address changes with its content, so that it can be cached for a year."""


@router.get("/static/{name}")
async def static(name: Annotated[str, Path(max_length=100)]) -> Response:
    """Returns a static file by the name that `asset_url` gives it."""
    for known in ASSETS:
        if asset_url(known) == f"/static/{name}":
            media_type = MEDIA_TYPES[known.rpartition(".")[2]]
            headers = {"Cache-Control": FOR_EVER}
            return Response(asset(known), media_type=media_type, headers=headers)
    raise HTTPException(404, f"there is no static file {name}")
