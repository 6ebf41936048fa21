"""`/static/…`: the style sheet and the script, for every service that has pages."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import APIRouter, Header, HTTPException, Path
from starlette.responses import Response

from services.pages.assets import ASSETS, MEDIA_TYPES, asset, asset_url, brotli_asset

router = APIRouter(include_in_schema=False)

FOR_EVER: Final = "public, max-age=31536000, immutable"
"""A static file's address changes with its content, so that it can be cached for a year."""


@router.get("/static/{name}")
async def static(
    name: Annotated[str, Path(max_length=100)],
    accept_encoding: Annotated[str, Header()] = "",
) -> Response:
    """Returns a static file by the name that `asset_url` gives it; in Brotli for whom takes it."""
    for known in ASSETS:
        if asset_url(known) == f"/static/{name}":
            media_type = MEDIA_TYPES[known.rpartition(".")[2]]
            headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
            if not _takes_brotli(accept_encoding):
                return Response(asset(known), media_type=media_type, headers=headers)
            headers["Content-Encoding"] = "br"
            return Response(brotli_asset(known), media_type=media_type, headers=headers)
    raise HTTPException(404, f"there is no static file {name}")


def _takes_brotli(accepted: str) -> bool:
    """Tells whether an `Accept-Encoding` names Brotli, other than with a quality of zero."""
    wanted = [each.replace(" ", "").lower() for each in accepted.split(",")]
    return any(re.fullmatch(r"br(;q=(1(\.0*)?|0?\.\d*[1-9]\d*))?", each) for each in wanted)
