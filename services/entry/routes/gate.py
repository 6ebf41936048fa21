"""The gate before every route: who may use it, how often, and whether their session goes on."""

from __future__ import annotations

from math import ceil
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from services.entry.context import SignedIn, actor_of, context_of, signed_in
from services.entry.cookies import set_session
from services.entry.roles import ROUTES, Route
from services.entry.routes.answers import redirect
from services.entry.streams import RELOAD

PER_MINUTE: Final = 240
"""Requests of one person in a minute, at each process: four a second, more than anybody clicks."""

EVENTS: Final = "text/event-stream"

UNUSED: Final = "again"
"""A parameter of the address of a page that loads itself again: nobody uses it thereby."""


class NotSignedInError(Exception):
    """A route is for people who are signed in."""


async def gate(request: Request) -> None:
    """Lets a request through to its route, with `request.state.known` for whoever it is from.

    Raises NotSignedInError, and HTTPException, which is noted, if the route is not for their role
    or they have asked too often.
    """
    allowed = ROUTES.get(Route(request.method, request.scope["route"].path), frozenset())
    if allowed is None:
        return
    known = signed_in(request)
    if known is None:
        raise NotSignedInError
    if known.session.role not in allowed:
        why = f"{request.method} {request.url.path}: not for the role {known.session.role}"
        context_of(request).audit.refused(actor_of(request, known.session), 403, why)
        raise HTTPException(403, f"This is not for the role {known.session.role}, which you have.")
    _count(request, known)
    request.state.known = known
    if not request.url.path.endswith("/live") and UNUSED not in request.query_params:
        request.state.used = context_of(request).sessions.used(known.session)


def _count(request: Request, known: SignedIn) -> None:
    context, session = context_of(request), known.session
    wait_s = context.requests.take(session.by, PER_MINUTE)
    if wait_s > 0:
        why = f"more than {PER_MINUTE} requests a minute"
        context.audit.refused(actor_of(request, session), 429, why)
        wait = str(ceil(wait_s))
        raise HTTPException(429, f"{why}; wait for {wait} s.", {"Retry-After": wait})


async def to_sign_in(request: Request, _: Exception) -> Response:
    """Returns the answer to somebody who is not signed in: the page for that."""
    if request.url.path.endswith("/live"):
        return Response(RELOAD, media_type=EVENTS)
    ballot = request.path_params.get("ballot", "") if request.method == "GET" else ""
    return redirect(f"/sign-in?to={ballot}" if ballot else "/sign-in")


def session_goes_on(scope: Scope, headers: MutableHeaders) -> None:
    """Writes the cookie of a session anew if it was used, unless the answer has one of its own."""
    request = Request(scope)
    used = getattr(request.state, "used", None)
    if used is None or "set-cookie" in headers:
        return
    answer = Response()
    set_session(request, answer, context_of(request).sessions.sealed(used))
    for cookie in answer.headers.getlist("set-cookie"):
        headers.append("set-cookie", cookie)
