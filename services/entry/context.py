"""The parts of entry that every request may use, and who sends a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypedDict

from starlette.requests import Request
from starlette.responses import Response

from services.access.holder import Holder
from services.access.rates import Rates
from services.access.watched_keys import WatchedKeys
from services.entry.ballots import Ballots
from services.entry.desk import Desk
from services.entry.desk_list import DeskList
from services.entry.door import Door
from services.entry.entry_audit import Actor, EntryAudit
from services.entry.sessions import SESSION_S, Session, Sessions
from services.entry.streams import Streams
from services.entry.words import Words
from services.platform.addresses import client_of

COOKIE: Final = "livecount-entry"


@dataclass(frozen=True, slots=True)
class EntryContext:
    """The parts of one process. `clock` returns the time with its offset."""

    keys: WatchedKeys
    sessions: Sessions
    door: Door
    ballots: Ballots
    desk: Desk
    words: Words
    listed: DeskList
    streams: Streams
    rates: Rates
    audit: EntryAudit
    clock: Callable[[], datetime]
    entry_url: str
    is_rehearsal: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session a request has, and what their key lets them do now."""

    session: Session
    holder: Holder


def context_of(request: Request) -> EntryContext:
    """Returns the context of the application that serves a request."""
    context: EntryContext = request.app.state.context
    return context


def signed_in(request: Request) -> SignedIn | None:
    """Returns whose session a request has; None without one, or if its key is valid no more."""
    context = context_of(request)
    token = request.cookies.get(cookie_name(request), "")
    session = context.sessions.find(token) if token else None
    if session is None:
        return None
    holder = session.holder(context.keys.keys)
    if holder is None:
        context.sessions.end(token)
        return None
    return SignedIn(session, holder)


def actor_of(request: Request, session: Session | None = None, key_id: str = "") -> Actor:
    """Returns who a request is from, for the audit."""
    address = request.client.host if request.client else ""
    if session is None:
        return Actor(key_id, "", address)
    return Actor(session.key_id, session.person, address)


def client_address(request: Request) -> str:
    """Returns what a client counts as where clients share a limit."""
    return client_of(request.client.host if request.client else "")


def cookie_name(request: Request) -> str:
    """Returns the name of the session's cookie.

    Over HTTPS its prefix has browsers refuse one that another host, or a page without HTTPS, set.
    """
    return f"__Host-{COOKIE}" if request.scope["scheme"] == "https" else COOKIE


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Has the browser keep a session's token: not for scripts, nor for requests of other sites."""
    response.set_cookie(
        cookie_name(request), token, max_age=SESSION_S, path="/", **_cookie_options(request)
    )


def drop_cookie(request: Request, response: Response) -> None:
    """Has the browser forget a session's token."""
    response.delete_cookie(cookie_name(request), path="/", **_cookie_options(request))


class _Options(TypedDict):
    secure: bool
    httponly: bool
    samesite: Literal["strict"]


def _cookie_options(request: Request) -> _Options:
    is_https = request.scope["scheme"] == "https"
    return {"secure": is_https, "httponly": True, "samesite": "strict"}
