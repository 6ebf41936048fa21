"""Answers that a browser and a CDN can keep: with a validator and a time to live."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

FRESH_FOR_S: Final = 1
"""A CDN may hand out an answer for one second: a night's peak becomes one request a second, and
no reader is later than the stream, which goes on from the answer's own feed id."""

STALE_FOR_S: Final = 30
"""An answer may be handed out while the next is fetched, so that a restart is not seen."""

CACHE_CONTROL: Final = f"public, max-age={FRESH_FOR_S}, stale-while-revalidate={STALE_FOR_S}"

JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"
CSV: Final = "text/csv; charset=utf-8"


def answer(request: Request, body: bytes, media_type: str) -> Response:
    """Returns 200 with the body, or 304 where the client has just that."""
    etag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": CACHE_CONTROL, "Vary": "Accept-Encoding"}
    known = request.headers.get("if-none-match", "")
    if etag in {tag.strip() for tag in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
