"""oEmbed: how to show a council or a night's totals on another site."""

from __future__ import annotations

import re
from html import escape
from typing import Annotated, Final
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, HTTPException, Query
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.routes.caching import JSON, cacheable
from services.ticker.routes.context import context_of

router = APIRouter(tags=["embed"])

WIDTH_PX: Final = 600
HEIGHT_PX: Final = {"council": 480, "headline": 640}

Pixels = Annotated[int, Query(ge=1, le=100_000)]

_PATHS = {
    "council": re.compile(r"/councils/(local\.[a-z0-9-]+\.\d{4}-\d{2}-\d{2})"),
    "headline": re.compile(r"/elections/(local\.\d{4}-\d{2}-\d{2})"),
}


@router.get("/oembed")
async def oembed(
    request: Request,
    url: str,
    maxwidth: Pixels = WIDTH_PX,
    maxheight: Pixels = 1_000,
    format: str = "json",  # noqa: A002 -- oEmbed's name for it
) -> Response:
    """Returns an iframe for the address of a council or a night (oEmbed 1.0, type `rich`).

    As oEmbed asks, a format other than JSON is answered with 501, and an address that is not
    one of this ticker with 404.
    """
    if format != "json":
        raise HTTPException(501, f"format: {format[:20]!r}; only json is served")
    parts = urlsplit(url)
    public_url = context_of(request).public_url
    if parts.netloc != urlsplit(public_url).netloc:
        raise HTTPException(404, "url: not an address of this ticker")
    for kind, path in _PATHS.items():
        found = path.fullmatch(parts.path)
        if found:
            width = min(maxwidth, WIDTH_PX)
            height = min(maxheight, HEIGHT_PX[kind])
            source = f"{public_url}/embed/{kind}/{found[1]}"
            return cacheable(request, _rich(source, width, height), JSON)
    raise HTTPException(404, "url: expected the address of a council or of an election")


def _rich(source: str, width: int, height: int) -> bytes:
    frame = (
        f'<iframe src="{escape(source)}" width="{width}" height="{height}"'
        ' title="Council election count" loading="lazy"></iframe>'
    )
    return orjson.dumps(
        {
            "type": "rich",
            "version": "1.0",
            "provider_name": "livecount",
            "width": width,
            "height": height,
            "cache_age": 86_400,
            "html": frame,
        }
    )
