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
from services.ticker.routes.context import public_address
from services.ticker.routes.described import REFUSALS, UNCHANGED, Problem
from services.ticker.routes.parameters import SIZE_PX_MAX, URL_CHARS_MAX

router = APIRouter(tags=["embed"], responses=REFUSALS)

WIDTH_PX: Final = 600
HEIGHT_PX: Final = {"council": 480, "headline": 640}

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
"""The names of this machine: an address with one of them is the same with another."""

_PATHS = {
    "council": re.compile(r"/councils/(local\.[a-z0-9-]{1,150}\.[0-9]{4}-[0-9]{2}-[0-9]{2})"),
    "headline": re.compile(r"/elections/(local\.[0-9]{4}-[0-9]{2}-[0-9]{2})"),
}


@router.get(
    "/oembed",
    responses={
        304: UNCHANGED,
        501: {"model": Problem, "description": "Another format than JSON is not served."},
    },
)
async def oembed(
    request: Request,
    url: Annotated[str, Query(max_length=URL_CHARS_MAX)],
    maxwidth: Annotated[int, Query(ge=1, le=SIZE_PX_MAX)] = WIDTH_PX,
    maxheight: Annotated[int, Query(ge=1, le=SIZE_PX_MAX)] = 1_000,
    format: Annotated[str, Query(max_length=20, json_schema_extra={"enum": ["json"]})] = "json",  # noqa: A002 -- oEmbed's name for it
) -> Response:
    """Returns an iframe for the address of a council or a night (oEmbed 1.0, type `rich`).

    As oEmbed asks, a format other than JSON is answered with 501, and an address that is not
    one of this ticker with 404.
    """
    if format != "json":
        raise HTTPException(501, f"format: {format!r}; only json is served")
    ours = public_address(request)
    try:
        asked = urlsplit(url)
        is_ours = _place(url) == _place(ours)
    except ValueError as error:
        raise HTTPException(404, f"url: not an address: {error}") from error
    if not is_ours:
        raise HTTPException(404, f"url: not an address of this ticker, which is {ours}")
    for kind, path in _PATHS.items():
        found = path.fullmatch(asked.path)
        if found:
            width = min(maxwidth, WIDTH_PX)
            height = min(maxheight, HEIGHT_PX[kind])
            return cacheable(request, _rich(f"{ours}/embed/{kind}/{found[1]}", width, height), JSON)
    raise HTTPException(404, "url: expected the address of a council or of an election")


def _place(url: str) -> tuple[str, int | None]:
    """Returns an address's host and unusual port. Raises ValueError if it is none."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = None if parts.port in {80, 443} else parts.port
    return LOOPBACK[0] if host in LOOPBACK else host, port


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
