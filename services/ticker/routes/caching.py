"""Responses that browsers and CDNs may cache, with a validator and a time to live."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

FRESH_FOR_S: Final = 1
"""A CDN may serve a response for one second, which turns a night's peak into one request a
second. No reader is late because of it: the stream goes on from the response's own feed id."""

STALE_FOR_S: Final = 30
"""A CDN may serve a stale response while it fetches the next, so that readers do not notice a
restart."""

PAST_FRESH_FOR_S: Final = 60
"""What has passed stays as it was, so that a CDN may keep it for longer."""

JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"
CSV: Final = "text/csv; charset=utf-8"


def cache_control(fresh_for_s: int = FRESH_FOR_S) -> str:
    """Returns the Cache-Control of a response that may be served for so long."""
    return f"public, max-age={fresh_for_s}, stale-while-revalidate={STALE_FOR_S}"


def cacheable(
    request: Request, body: bytes, media_type: str, fresh_for_s: int = FRESH_FOR_S
) -> Response:
    """Returns a response with the body, or 304 if the client has exactly that already."""
    etag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {
        "ETag": etag,
        "Cache-Control": cache_control(fresh_for_s),
        "Vary": "Accept-Encoding",
    }
    known = request.headers.get("if-none-match", "")
    if etag in {tag.strip() for tag in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
