"""The cookies of entry: who is signed in, and which device this is."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from services.entry.sessions import SESSION_S

SESSION: Final = "livecount-entry"
DEVICE: Final = "livecount-device"

BEGUN: Final = "livecount-begun"

BEGUN_S: Final = 600
"""How long somebody may take to sign in at the identity provider."""

DEVICE_S: Final = 400 * 24 * 3_600
"""How long a browser is to know that it is this device: the longest that browsers take."""

DEVICE_BYTES: Final = 24
"""Random bytes of a device's cookie: 192 bits are beyond guessing."""

_DEVICE: Final = re.compile(r"[A-Za-z0-9_-]{32}")


def session_cookie(request: Request) -> str:
    """Returns what a request says of its session; blank if nothing."""
    return request.cookies.get(_name(request, SESSION), "")


def set_session(request: Request, response: Response, sealed: str) -> None:
    """Has the browser keep a session: not for scripts, nor for requests of other sites."""
    _set(request, response, SESSION, sealed, SESSION_S, "strict")


def drop_session(request: Request, response: Response) -> None:
    """Has the browser forget its session."""
    _set(request, response, SESSION, "", 0, "strict")


def device_of(request: Request) -> str:
    """Returns a hash of the cookie by which a device is known; blank if it has none."""
    cookie = request.cookies.get(_name(request, DEVICE), "")
    return device_id(cookie) if _DEVICE.fullmatch(cookie) else ""


def device_id(cookie: str) -> str:
    """Returns what a device is called that has a cookie; the cookie cannot be found from it."""
    return hashlib.sha256(cookie.encode()).hexdigest()[:32]


def know_device(request: Request, response: Response) -> None:
    """Has a browser that is not known as a device yet keep a cookie for that.

    Before an invitation is claimed, so that whoever loses the answer can claim it again. `lax`,
    because links come from messengers: of a browser that comes from another site `strict` would
    hide the cookie, and it would be given another.
    """
    if not device_of(request):
        _set(request, response, DEVICE, secrets.token_urlsafe(DEVICE_BYTES), DEVICE_S, "lax")


def begun_cookie(request: Request) -> str:
    """Returns what a request says of a sign-in at the identity provider that it has begun."""
    return request.cookies.get(_name(request, BEGUN), "")


def set_begun(request: Request, response: Response, sealed: str) -> None:
    """Has the browser keep what it has begun at the provider, or with a blank text forget it.

    `lax`, because it comes back from the provider's site.
    """
    _set(request, response, BEGUN, sealed, BEGUN_S if sealed else 0, "lax")


def _name(request: Request, name: str) -> str:
    """Returns the name of a cookie.

    Over HTTPS its prefix has browsers refuse one that another host, or a page without HTTPS, set.
    """
    return f"__Host-{name}" if request.scope["scheme"] == "https" else name


def _set(  # noqa: PLR0913, PLR0917 -- the parts of a cookie
    request: Request,
    response: Response,
    name: str,
    value: str,
    max_age_s: int,
    same_site: Literal["strict", "lax"],
) -> None:
    response.set_cookie(
        _name(request, name),
        value,
        max_age=max_age_s,
        path="/",
        secure=request.scope["scheme"] == "https",
        httponly=True,
        samesite=same_site,
    )
