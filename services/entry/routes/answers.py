"""Answers of entry: pages, and what is said of requests that are refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from election.council import Council
from election.ward import Ward
from services.access.wrong_tokens import TooManyWrongTokensError
from services.entry.ballots import StillReadingError, UnknownBallotError
from services.entry.context import EntryContext, actor_of, context_of, signed_in
from services.entry.drafts import owner_of
from services.entry.forms import UnusableFormError, read_form
from services.entry.own_site import REMEDY, is_from_own_site
from services.entry.pages import page
from services.entry.sessions import Session

TITLES: Final = {
    403: "This is not allowed",
    404: "There is no such page",
    405: "This page takes no such request",
    429: "Too much at once",
    500: "This page cannot be shown",
    503: "The log cannot be reached",
}


def shown(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """Returns a page, with `session` for whoever is signed in."""
    known = signed_in(request)
    values.setdefault("session", known.session if known else None)
    values["role"] = known.holder.role if known else ""
    values["drafts"] = owner_of(known.session) if known else ""
    body = page(template, rehearsal=context_of(request).is_rehearsal, **values)
    return HTMLResponse(body, status)


def redirect(address: str) -> Response:
    """Returns an answer that has the browser get another page of this service."""
    return RedirectResponse(address, 303)


async def own_form(request: Request, session: Session | None) -> dict[str, str]:
    """Returns the fields of a form that a page of this service sent, for this session if any.

    Raises HTTPException, and notes the refusal, if it was not, or is no form.
    """
    if not is_from_own_site(request, context_of(request).entry_url):
        raise _refused(request, session, 403, REMEDY)
    try:
        fields = await read_form(request)
    except UnusableFormError as error:
        raise _refused(request, session, error.status, str(error)) from error
    if session is not None and not session.sent_form(fields.get("form", "")):
        raise _refused(request, session, 403, REMEDY)
    return fields


def found(context: EntryContext, ballot: str) -> tuple[Council, Ward]:
    """Returns a ballot with its council. Raises HTTPException if there is none, or none yet."""
    with still_reading():
        try:
            return context.ballots.find(ballot)
        except UnknownBallotError as error:
            raise HTTPException(404, "Nothing is known of such a ballot.") from error


@contextmanager
def still_reading() -> Iterator[None]:
    """Raises HTTPException if the log has to be read first."""
    try:
        yield
    except StillReadingError as error:
        raise HTTPException(
            503, "What was said so far is still being read; try again.", {"Retry-After": "2"}
        ) from error


def _refused(request: Request, session: Session | None, status: int, why: str) -> HTTPException:
    context_of(request).audit.refused(actor_of(request, session), status, why)
    return HTTPException(status, why)


def slowed(error: TooManyWrongTokensError) -> HTTPException:
    """Returns the refusal of an address that has presented too many wrong keys."""
    wait_s = ceil(error.wait_s)
    return HTTPException(429, f"{error}; wait for {wait_s} seconds.", {"Retry-After": str(wait_s)})


async def error_response(request: Request, error: Exception) -> Response:
    """Returns an error as a page."""
    assert isinstance(error, HTTPException)  # noqa: S101 -- it is registered for these only
    answer = shown(
        request,
        "error.html",
        error.status_code,
        title=TITLES.get(error.status_code, "This did not work"),
        detail=str(error.detail),
    )
    answer.headers.update(error.headers or {})
    return answer


def failed(_: Request, request_id: str) -> Response:
    """Returns the answer to a fault that nobody foresaw, with the id it is logged under."""
    detail = f"Entry has a fault, which its log describes under the id {request_id}."
    body = page(
        "error.html", rehearsal=False, title=TITLES[500], detail=detail, session=None, role=""
    )
    return HTMLResponse(body, 500)
