"""`/sign-in` and `/sign-out`."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.ids import check_ballot_paper_id
from services.access.key_ring import UnauthorisedError
from services.access.wrong_tokens import TooManyWrongTokensError
from services.entry.context import (
    EntryContext,
    actor_of,
    client_address,
    context_of,
    cookie_name,
    drop_cookie,
    set_cookie,
    signed_in,
)
from services.entry.door import NoKeysError, NotOfDeskError, UnusableNameError
from services.entry.routes.allowing import HOME
from services.entry.routes.answers import own_form, redirect, shown, slowed
from services.platform.metrics import ENTRY_SIGN_INS

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
async def sign_in_page(request: Request) -> Response:
    """Returns the page to sign in, or if there are no keys what to do about that."""
    return _sign_in(request, _ballot(request.query_params.get("to", "")))


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Begins a session for whoever presents a key that has pages here and says who they are."""
    context = context_of(request)
    fields = await own_form(request, None)
    to, person = _ballot(fields.get("to", "")), fields.get("person", "")
    try:
        token, key = context.door.admit(fields.get("key", ""), person, client_address(request))
    except NoKeysError:
        return _sign_in(request, to, status=503)
    except TooManyWrongTokensError as error:
        ENTRY_SIGN_INS.labels("slowed").inc()
        context.audit.refused(actor_of(request), 429, str(error))
        raise slowed(error) from error
    except UnusableNameError as error:
        return _refused(request, 422, str(error), to, person)
    except UnauthorisedError as error:
        why = "key: this is no key that is valid here; is it copied whole?"
        return _refused(request, 403, why, to, person, revoked=error.revoked)
    except NotOfDeskError as error:
        return _refused(request, 403, f"key: {error}", to, person, key_id=error.key_id)
    ENTRY_SIGN_INS.labels("admitted").inc()
    _end_session(request, context)
    begun = context.sessions.find(token)
    context.audit.signed_in(actor_of(request, begun, key.id))
    home = HOME.get(key.role, "/desk")
    answer = redirect(f"{home}/{to}" if to else home)
    set_cookie(request, answer, token)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Ends a session."""
    known = signed_in(request)
    if known is not None:
        await own_form(request, known.session)
        _end_session(request, context_of(request))
        context_of(request).audit.signed_out(actor_of(request, known.session))
    answer = redirect("/sign-in")
    drop_cookie(request, answer)
    return answer


def _end_session(request: Request, context: EntryContext) -> None:
    """Ends the session that a request came with, and the streams of its pages."""
    context.sessions.end(request.cookies.get(cookie_name(request), ""))
    context.listed.wake()


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
        fault=fault,
        person=person,
        to=to,
    )


def _refused(  # noqa: PLR0913 -- what is refused, and what is kept of the form
    request: Request,
    status: int,
    why: str,
    to: str,
    person: str,
    *,
    revoked: str = "",
    key_id: str = "",
) -> Response:
    """Returns the page again with what is wrong. That a key was revoked is for the audit only."""
    ENTRY_SIGN_INS.labels("refused").inc()
    told = f"the key {revoked} was revoked; {why}" if revoked else why
    context_of(request).audit.refused(actor_of(request, key_id=revoked or key_id), status, told)
    return _sign_in(request, to, fault=why, person=person, status=status)


def _ballot(text: str) -> str:
    """Returns the ballot that somebody wants to go to; blank for anything else."""
    try:
        return check_ballot_paper_id(text)
    except ValueError:
        return ""
