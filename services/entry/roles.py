"""What each role may do at entry: every route, with those that it is for."""

from __future__ import annotations

from typing import Final, NamedTuple

from services.access.holder import PEOPLES, Role

DECIDE: Final[frozenset[Role]] = frozenset({"desk", "admin"})
SEE: Final[frozenset[Role]] = DECIDE | {"viewer"}
ENTER: Final[frozenset[Role]] = frozenset({"stringer"})
ADMINISTER: Final[frozenset[Role]] = frozenset({"admin"})
ANYBODY: Final[frozenset[Role] | None] = None
"""Also somebody who is not signed in."""


class Route(NamedTuple):
    """A method and a path, as a router has it."""

    method: str
    path: str


ROUTES: Final[dict[Route, frozenset[Role] | None]] = {
    Route("GET", "/"): PEOPLES,
    Route("GET", "/sign-in"): ANYBODY,
    Route("POST", "/sign-in"): ANYBODY,
    Route("GET", "/invitation"): ANYBODY,
    Route("POST", "/invitation"): ANYBODY,
    Route("GET", "/sign-in/provider"): ANYBODY,
    Route("GET", "/sign-in/provider/back"): ANYBODY,
    Route("POST", "/sign-out"): ANYBODY,
    Route("GET", "/wards"): ENTER,
    Route("GET", "/wards/{ballot}"): ENTER,
    Route("POST", "/wards/{ballot}"): ENTER,
    Route("POST", "/wards/{ballot}/send"): ENTER,
    Route("GET", "/wards/{ballot}/sent"): ENTER,
    Route("GET", "/desk"): SEE,
    Route("GET", "/desk/live"): SEE,
    Route("GET", "/desk/{ballot}"): SEE,
    Route("POST", "/desk/{ballot}"): DECIDE,
    Route("GET", "/ready"): SEE,
    Route("GET", "/audit"): ADMINISTER,
}
"""Every route but those of static files and health. One that is not here is for nobody."""


def home_of(role: Role) -> str:
    """Returns the address at which somebody of a role begins."""
    return "/wards" if role == "stringer" else "/desk"
