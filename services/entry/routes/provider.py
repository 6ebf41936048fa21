"""`/sign-in/provider`: signing in by the newsroom's identity provider, and back from there."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

import structlog
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from schemas.session import InvitationClaimed
from services.access.holder import Holder
from services.access.invitations.invitation import AFTER_POLL_DAYS
from services.entry.context import EntryContext, actor_of, context_of
from services.entry.cookies import begun_cookie, device_of, know_device, set_begun, set_session
from services.entry.entry_audit import Actor
from services.entry.identity_provider import (
    BACK,
    IdentityProvider,
    Person,
    ProviderAwayError,
    ProviderError,
)
from services.entry.routes.answers import redirect, shown
from services.entry.routes.sign_in import NO_COOKIE, REFUSED, check_rate, end_session, note_refused
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import ENTRY_SIGN_INS

router = APIRouter(include_in_schema=False)

NO_GROUP: Final = (
    "You are in no group that may do anything here. Ask whoever runs livecount to add yours."
)
BLOCKED: Final = "You are not let in here any more. Ask the desk."
AWAY: Final = "The newsroom's sign-in does not answer; try again in a minute."

_log = structlog.get_logger()


@router.get("/sign-in/provider")
async def begin(request: Request) -> Response:
    """Sends the browser to the identity provider."""
    try:
        address, begun = await _provider(request).begin(request)
    except ProviderAwayError as error:
        raise _away(error) from error
    answer = redirect(address)
    know_device(request, answer)
    set_begun(request, answer, begun)
    return answer


@router.get(BACK)
async def back(request: Request) -> Response:
    """Begins a session for whoever comes back from the identity provider, as their groups say."""
    context = context_of(request)
    try:
        person = await _provider(request).finish(request, begun_cookie(request))
    except ProviderAwayError as error:
        raise _away(error) from error
    except ProviderError as error:
        raise _refused(request, actor_of(request), f"{error}.") from error
    who = actor_of(request, key_id=person.id, person=person.name)
    group = context.keys.people.group_of(person.groups)
    holder = context.keys.people.holder(person.id, group) if group is not None else None
    if group is None or holder is None:
        is_blocked = context.keys.people.is_blocked(person.id)
        raise _refused(request, who, BLOCKED if is_blocked else NO_GROUP)
    check_rate(request, who)
    device = device_of(request)
    if not device:
        raise _refused(request, who, NO_COOKIE)
    if holder.role == "stringer":
        await _check_device(request, who, holder, device)
    return await _signed_in(request, person, holder, device, group)


async def _signed_in(
    request: Request, person: Person, holder: Holder, device: str, group: str
) -> Response:
    """Returns the page that goes on by itself.

    A redirect would still be the provider's, and the session's cookie is not sent with those.
    """
    context = context_of(request)
    await end_session(request)
    session = context.sessions.begin_in_group(holder, person.name, device, group)
    ENTRY_SIGN_INS.labels("admitted").inc()
    context.audit.signed_in(actor_of(request, session))
    answer = shown(request, "signed_in.html", title="Signed in", to=session.home, session=session)
    set_session(request, answer, context.sessions.sealed(session))
    set_begun(request, answer, "")
    return answer


async def _check_device(request: Request, who: Actor, holder: Holder, device: str) -> None:
    """Raises HTTPException if a device is another stringer's, or if that is not known."""
    try:
        refusal = await context_of(request).session_log.claim(
            _claim(context_of(request), holder, device)
        )
    except KafkaUnavailableError as error:
        raise HTTPException(503, f"{error}. Sign in again in a minute.") from error
    if refusal is not None:
        raise _refused(request, who, REFUSED[refusal])


def _claim(context: EntryContext, holder: Holder, device: str) -> InvitationClaimed:
    """Returns the claim of a device by a person, who may have several. Each day it is made anew."""
    at = context.clock()
    named = f"{holder.id} {device} {at.date()}"
    return InvitationClaimed(
        key=holder.id,
        invitation=hashlib.sha256(named.encode()).hexdigest()[:32],
        device=device,
        is_stringers=True,
        expires=at + timedelta(days=AFTER_POLL_DAYS),
        at=at,
    )


def _provider(request: Request) -> IdentityProvider:
    provider = context_of(request).provider
    if provider is None:
        raise HTTPException(404, "There is no such page.")
    return provider


def _away(error: ProviderAwayError) -> HTTPException:
    ENTRY_SIGN_INS.labels("failed").inc()
    _log.error("the identity provider cannot be used", error=str(error))
    return HTTPException(503, AWAY)


def _refused(request: Request, who: Actor, why: str) -> HTTPException:
    note_refused(request, 403, why, who)
    return HTTPException(403, why)
