"""The headers that every response has, whichever service it is of."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import Scope

DEFAULTS: Final = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""A response that is no page is taken for none: nothing in it runs, and nobody may frame it."""

SAFE_BYTES: Final = "".join(f"{name}: {value}\r\n" for name, value in DEFAULTS.items()).encode()
"""The same as they stand in an answer."""

HSTS_S: Final = 31_536_000
"""A year: so long browsers that came over HTTPS once come over nothing else (RFC 6797). What is
shorter would be forgotten from one night to the next."""

STRICT_TRANSPORT: Final = f"max-age={HSTS_S}; includeSubDomains"
"""For the names below the service's own as well: otherwise one of them, asked for over HTTP, could
set cookies for it."""


def safe(scope: Scope, headers: MutableHeaders) -> None:
    """Sets the headers that every response has, where the service has not set others.

    Whether a request came over HTTPS is what its scope says, so that this has to be inside of
    whatever believes the proxies.
    """
    for name, value in DEFAULTS.items():
        headers.setdefault(name, value)
    if scope["scheme"] == "https":
        headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
