"""Every route of entry says who it is for."""

from __future__ import annotations

from typing import Any, cast, get_args

import pytest
from fastapi.routing import iter_route_contexts

from services.access.holder import Role
from services.entry.app import create_app
from services.entry.roles import ROUTES, Route, home_of
from services.platform.health import Health

FOR_MACHINES = {"/static/{name}", "/health/live", "/health/ready"}


def test_every_route_is_in_the_table_and_no_other() -> None:
    """A new route is for nobody until somebody says whom it is for."""
    app = create_app(cast("Any", None), Health())
    found = {
        Route(method, str(route.path))
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
    }

    assert {each for each in found if each.path not in FOR_MACHINES} == set(ROUTES)


@pytest.mark.parametrize("role", get_args(get_args(Role)[0]))
def test_only_the_desk_decides_and_only_admins_see_the_audit(role: Role) -> None:
    """A stringer sees nothing of the desk; a viewer sees all of it, and decides nothing."""
    may = {route for route, roles in ROUTES.items() if roles is not None and role in roles}
    sees = {Route("GET", "/desk"), Route("GET", "/desk/live"), Route("GET", "/desk/{ballot}")}

    assert (Route("POST", "/desk/{ballot}") in may) == (role in {"desk", "admin"})
    assert (Route("GET", "/audit") in may) == (role == "admin")
    assert (sees <= may) == (role in {"desk", "admin", "viewer"})
    assert bool(sees & may) == (role in {"desk", "admin", "viewer"})


def test_everybody_begins_where_they_work() -> None:
    """A stringer with the wards, all others with what waits."""
    assert (home_of("stringer"), home_of("desk")) == ("/wards", "/desk")
    assert (home_of("viewer"), home_of("admin")) == ("/desk", "/desk")
