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
"""What has passed stays as it was, so that a CDN may keep it for longer. Not for ever: the page
names its style sheet by content, and after an upgrade the ticker has only the new one."""

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
    headers = validated(body, fresh_for_s)
    if is_known(request, headers):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def table(request: Request, body: bytes, name: str) -> Response:
    """Returns a table as CSV, which a browser saves under a name, or 304 as `cacheable` does."""
    response = cacheable(request, body, CSV)
    response.headers.update(named(name))
    return response


def named(name: str) -> dict[str, str]:
    """Returns the header that has a browser save an answer under a name of letters and signs."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def validated(version: bytes, fresh_for_s: int = FRESH_FOR_S) -> dict[str, str]:
    """Returns the headers of a response that may be cached, and is another whenever `version` is.

    `version` is the response's body, or what is other whenever that is.
    """
    return {
        "ETag": f'W/"{blake2b(version, digest_size=12).hexdigest()}"',
        "Cache-Control": cache_control(fresh_for_s),
        "Vary": "Accept-Encoding",
    }


def is_known(request: Request, headers: dict[str, str]) -> bool:
    """Returns whether the client has exactly what would be sent with the headers."""
    known = request.headers.get("if-none-match", "")
    return headers["ETag"] in {tag.strip() for tag in known.split(",")}
