"""Headers that keep a page from running, loading or framing anything foreign."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import Scope

from services.platform.response_headers import Change


def page_headers(
    *, ancestors: str = "'none'", referrer: str = "no-referrer", asks: str = ""
) -> dict[str, str]:
    """Returns the headers of a page that runs and loads only what its own service has.

    `ancestors` may show it in a frame. `referrer` is what its links and forms say of it. `asks` is
    another address that its scripts may ask for data, blank if there is none.
    """
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src"
            f" 'self'{asks and f' {asks}'};"
            " img-src data:; base-uri 'none'; form-action 'self';"
            f" frame-ancestors {ancestors}"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": referrer,
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def setting(headers_of: Callable[[str], Mapping[str, str]]) -> Change:
    """Returns what sets on a response the headers that `headers_of` returns for its path."""

    def set_headers(scope: Scope, headers: MutableHeaders) -> None:
        headers.update(headers_of(scope["path"]))

    return set_headers
