"""Own site: whether a form was sent by a page of this service, and not by another site's."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

REMEDY: Final = (
    "This form was not sent by a page of this service, so nothing was done. Open the page here and"
    " send it again. If you did, whoever runs livecount has to name the address that you use in"
    " LIVECOUNT_ENTRY_URL, or the proxy in front in LIVECOUNT_TRUSTED_PROXIES."
)
"""What to do about a form that is refused."""


def is_from_own_site(request: Request, entry_url: str) -> bool:
    """Returns whether a browser says that a page of this service sent a request.

    It says so in `Sec-Fetch-Site`, which no page can set, or in `Origin`; each that is there has
    to agree, and one of them has to be there. `entry_url` is the address that the settings name,
    and blank if they name none.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site not in {None, "same-origin"}:
        return False
    if origin is None:
        return site is not None
    own = {
        entry_url.casefold(),
        f"{request.scope['scheme']}://{request.headers.get('host', '')}".casefold(),
    }
    return bool(origin) and origin.casefold() in own
