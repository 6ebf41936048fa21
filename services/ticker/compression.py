"""Compression of responses: zstd, Brotli or gzip, whichever the client takes."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Scope
from starlette_compress import CompressMiddleware, add_compress_type, remove_compress_type

from services.platform.response_headers import ResponseHeaders

FROM_BYTES: Final = 1_024
"""Compressing a smaller response saves less than one network packet."""

ZSTD_LEVEL: Final = 6
BROTLI_QUALITY: Final = 5
GZIP_LEVEL: Final = 5
"""Each takes one to two milliseconds for the largest page, and five for the largest answer of data
that is sent at once; what was measured is in benchmarks/results/compression.md."""

# Each event of a stream goes to all clients as the same bytes; compressed, each client would need
# an encoder of its own.
remove_compress_type("text/event-stream")
add_compress_type("text/csv")


def compressing(app: ASGIApp) -> ASGIApp:
    """Returns an application whose answers are compressed as far as their clients take that.

    Images, streams, small answers and what is compressed already are left as they are.
    """
    compressed = CompressMiddleware(
        app,
        minimum_size=FROM_BYTES,
        zstd_level=ZSTD_LEVEL,
        brotli_quality=BROTLI_QUALITY,
        gzip_level=GZIP_LEVEL,
    )
    return ResponseHeaders(compressed, _vary_once)


def _vary_once(_: Scope, headers: MutableHeaders) -> None:
    """Leaves each name in `Vary` once: a cacheable answer names what compression names again."""
    named = [name.strip() for value in headers.getlist("Vary") for name in value.split(",")]
    if len(named) > 1:
        headers["Vary"] = ", ".join(dict.fromkeys(named))
