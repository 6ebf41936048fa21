"""`/sign-in`, `/invitation` and `/sign-out`."""

from __future__ import annotations

from math import ceil
from typing import Final

import structlog
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from schemas.ids import check_ballot_paper_id
from schemas.session import InvitationClaimed
from services.access.invitations.invitation import PATH
from services.access.key import Key
from services.access.key_ring import UnauthorisedError
from services.access.wrong_tokens import TooManyWrongTokensError
from services.entry.claims import Refusal
from services.entry.context import (
    EntryContext,
    actor_of,
    client_address,
    context_of,
    signed_in,
)
from services.entry.cookies import device_of, drop_session, know_device, set_session
from services.entry.door import NoKeysError, UnusableNameError, WrongDoorError
from services.entry.entry_audit import Actor
from services.entry.routes.answers import own_form, redirect, shown, slowed
from services.entry.sessions import Session, fingerprint_of
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import ENTRY_SIGN_INS

router = APIRouter(include_in_schema=False)

PER_MINUTE: Final = 60
"""Sign-ins under one key in a minute, at each process: more than share one, all at once. Each
is in the audit, and may be in the log of sessions."""

NO_KEY: Final = "key: this is no key that is valid here; is it copied whole?"
NO_INVITATION: Final = "This invitation is not valid: ask the desk to invite you anew."
NO_COOKIE: Final = (
    "Your browser has kept no cookie of this page, so it cannot be known again. Allow cookies, open"
    " the link again, and press the button."
)
REFUSED: Final[dict[Refusal, str]] = {
    "another device": "This invitation is used on another device already. Ask the desk to invite"
    " you anew, and open the link on the device that you will use.",
    "another stringer": "Somebody else enters results on this device. Open your invitation on a"
    " device of your own: what two people say has to come from two devices.",
}
"""What somebody is told whose device may not use an invitation."""

_log = structlog.get_logger()


@router.get("/sign-in")
async def sign_in_page(request: Request) -> Response:
    """Returns the page to sign in, or if there are no keys what to do about that."""
    return _sign_in(request, _ballot(request.query_params.get("to", "")))


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Begins a session for whoever presents a key of the desk and says who they are."""
    context = context_of(request)
    fields = await own_form(request, None)
    to, person = _ballot(fields.get("to", "")), fields.get("person", "")
    try:
        key, name = context.door.admit(fields.get("key", ""), person, client_address(request))
    except NoKeysError:
        return _sign_in(request, to, status=503)
    except TooManyWrongTokensError as error:
        raise _slowed(request, error) from error
    except UnusableNameError as error:
        note_refused(request, 422, str(error))
        return _sign_in(request, to, fault=str(error), person=person, status=422)
    except (UnauthorisedError, WrongDoorError) as error:
        why = _why(request, error, NO_KEY)
        return _sign_in(request, to, fault=why, person=person, status=403)
    check_rate(request, actor_of(request, key_id=key.id, person=name))
    session = context.sessions.begin(key, name)
    return await _admitted(request, session, f"/desk/{to}" if to else session.home)


@router.get(PATH)
async def invitation_page(request: Request) -> Response:
    """Returns the page that an invitation's link opens. It claims nothing: previews get it, too."""
    answer = _invitation(request)
    know_device(request, answer)
    return answer


@router.post(PATH)
async def use_invitation(request: Request) -> Response:
    """Has this device use an invitation, if no other does, and begins a session."""
    context = context_of(request)
    fields = await own_form(request, None)
    token = fields.get("key", "").rpartition("#")[2]
    try:
        key = context.door.invited(token, client_address(request))
    except NoKeysError:
        return _invitation(request, NO_INVITATION, 503)
    except TooManyWrongTokensError as error:
        raise _slowed(request, error) from error
    except (UnauthorisedError, WrongDoorError) as error:
        return _invitation(request, _why(request, error, NO_INVITATION), 403)
    who = actor_of(request, key_id=key.id, person=key.person)
    check_rate(request, who)
    device = device_of(request)
    if not device:
        note_refused(request, 403, NO_COOKIE, who)
        return _invitation(request, NO_COOKIE, 403)
    try:
        refusal = await context.session_log.claim(_claim(context, key, device))
    except KafkaUnavailableError as error:
        ENTRY_SIGN_INS.labels("failed").inc()
        raise HTTPException(503, f"{error}. Press the button again in a minute.") from error
    if refusal is not None:
        note_refused(request, 403, REFUSED[refusal], who)
        return _invitation(request, REFUSED[refusal], 403)
    session = context.sessions.begin(key, key.person, device)
    return await _admitted(request, session, session.home)


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Ends a session."""
    known = signed_in(request)
    if known is not None:
        await own_form(request, known.session)
        await end_session(request)
    answer = redirect("/sign-in")
    drop_session(request, answer)
    return answer


def _claim(context: EntryContext, key: Key, device: str) -> InvitationClaimed:
    at = context.clock()
    return InvitationClaimed(
        key=key.id,
        invitation=fingerprint_of(key),
        device=device,
        is_stringers=key.role == "stringer",
        # An invitation has an end; see `Key`.
        expires=key.expires or at,
        at=at,
    )


async def _admitted(request: Request, session: Session, to: str) -> Response:
    """Returns the answer that begins a session, and ends the one that the browser had."""
    context = context_of(request)
    await end_session(request)
    ENTRY_SIGN_INS.labels("admitted").inc()
    context.audit.signed_in(actor_of(request, session))
    answer = redirect(to)
    set_session(request, answer, context.sessions.sealed(session))
    return answer


async def end_session(request: Request) -> None:
    """Ends the session that a request came with, if any, and the streams of its pages."""
    context, known = context_of(request), signed_in(request)
    if known is None:
        return
    try:
        await context.session_log.end(known.session.id, known.session.key_id)
    except KafkaUnavailableError as error:
        # The browser forgets it all the same. It ends by itself, and with its key.
        _log.error("other processes do not know of a session's end", error=str(error))
    context.listed.wake()
    context.audit.signed_out(actor_of(request, known.session))


def _sign_in(
    request: Request, to: str, *, fault: str = "", person: str = "", status: int = 200
) -> Response:
    has_keys = context_of(request).keys.keys is not None
    return shown(
        request,
        "sign_in.html",
        status,
        title="Sign in",
        has_keys=has_keys,
        has_provider=context_of(request).provider is not None,
        fault=fault,
        person=person,
        to=to,
    )


def _invitation(request: Request, fault: str = "", status: int = 200) -> Response:
    return shown(request, "invitation.html", status, title="Your invitation", fault=fault)


def _slowed(request: Request, error: TooManyWrongTokensError) -> HTTPException:
    ENTRY_SIGN_INS.labels("slowed").inc()
    context_of(request).audit.refused(actor_of(request), 429, str(error))
    return slowed(error)


def _why(request: Request, error: UnauthorisedError | WrongDoorError, otherwise: str) -> str:
    """Returns what somebody is told, and notes it: that a key was revoked is for the audit only."""
    why = f"key: {error}" if isinstance(error, WrongDoorError) else otherwise
    ended = error.why if isinstance(error, UnauthorisedError) else ""
    told = f"{ended}; {why}" if ended else why
    note_refused(request, 403, told, actor_of(request, key_id=error.key_id))
    return why


def check_rate(request: Request, who: Actor) -> None:
    """Raises HTTPException, and notes it, if a key has signed in too often in this minute."""
    wait_s = context_of(request).requests.take(f"sign-in {who.key_id}", PER_MINUTE)
    if wait_s > 0:
        why = f"more than {PER_MINUTE} sign-ins a minute"
        note_refused(request, 429, f"{who.key_id}: {why}", who)
        wait = str(ceil(wait_s))
        raise HTTPException(429, f"{why}; wait for {wait} s.", {"Retry-After": wait})


def note_refused(request: Request, status: int, why: str, who: Actor | None = None) -> None:
    """Notes that somebody was not signed in, and why."""
    ENTRY_SIGN_INS.labels("refused").inc()
    context_of(request).audit.refused(who or actor_of(request), status, why)


def _ballot(text: str) -> str:
    """Returns the ballot that somebody wants to go to; blank for anything else."""
    try:
        return check_ballot_paper_id(text)
    except ValueError:
        return ""
