"""The parts of entry that every request may use, and who sends a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from services.access.holder import Holder
from services.access.rates import Allowances, Rates
from services.access.watched_keys import WatchedKeys
from services.entry.audit_page import NewestEntries
from services.entry.ballots import Ballots
from services.entry.cookies import device_of, session_cookie
from services.entry.desk import Desk
from services.entry.desk_list import DeskList
from services.entry.door import Door
from services.entry.entry_audit import Actor, EntryAudit
from services.entry.identity_provider import IdentityProvider
from services.entry.night_look import NightLook
from services.entry.session_log import SessionLog
from services.entry.sessions import Session, Sessions
from services.entry.streams import Streams
from services.entry.words import Words
from services.platform.addresses import client_of


@dataclass(frozen=True, slots=True)
class EntryContext:
    """The parts of one process. `clock` returns the time with its offset.

    `provider` is None if people do not sign in by one.
    """

    keys: WatchedKeys
    sessions: Sessions
    session_log: SessionLog
    door: Door
    ballots: Ballots
    desk: Desk
    words: Words
    listed: DeskList
    night: NightLook
    streams: Streams
    rates: Rates
    requests: Allowances
    audit: EntryAudit
    newest: NewestEntries
    clock: Callable[[], datetime]
    provider: IdentityProvider | None
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
    session = context.sessions.find(session_cookie(request), device_of(request))
    if session is None:
        return None
    holder = session.holder(context.keys.ring, context.keys.people)
    return None if holder is None else SignedIn(session, holder)


def known_of(request: Request) -> SignedIn:
    """Returns whose session a request has that was let through to a route for people."""
    known: SignedIn = request.state.known
    return known


def actor_of(
    request: Request, session: Session | None = None, key_id: str = "", person: str = ""
) -> Actor:
    """Returns who a request is from, for the audit."""
    address = request.client.host if request.client else ""
    if session is None:
        return Actor(key_id, person, address)
    return Actor(session.key_id, session.person, address)


def client_address(request: Request) -> str:
    """Returns what a client counts as where clients share a limit."""
    return client_of(request.client.host if request.client else "")
