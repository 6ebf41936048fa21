"""`/wards`: a stringer's wards, the form of each, what it reads back, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path
from starlette.requests import Request
from starlette.responses import Response

from election.council import Council
from election.ward import Ward
from services.entry.context import SignedIn, actor_of, context_of, known_of
from services.entry.figure import UnusableFigureError
from services.entry.read_back import read_back
from services.entry.routes.allowing import allow
from services.entry.routes.answers import found, own_form, redirect, shown, still_reading
from services.entry.ward_list import listed
from services.entry.ward_view import ward_view
from services.entry.word_form import Word, fields_of, word_of
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import ENTRY_WORDS
from services.review.decision import MeanwhileError

router = APIRouter(include_in_schema=False)

Ballot = Annotated[str, Path(max_length=250)]

_UNKNOWN: Final = 503
"""The status of a word of which it is not known whether it was received."""


@router.get("/wards")
async def wards(request: Request) -> Response:
    """Returns the councils of a key with their wards, in the order in which they are expected."""
    known = known_of(request)
    context = context_of(request)
    with still_reading():
        councils = context.ballots.councils_of(known.holder)
    today = context.clock().date()
    return shown(
        request,
        "wards.html",
        title="My wards",
        councils=listed(councils, known.holder.id, today),
        more=len(councils),
    )


@router.get("/wards/{ballot}")
async def ward_form(request: Request, ballot: Ballot) -> Response:
    """Returns the form of a ward, with what was sent of it under this key."""
    known = known_of(request)
    council, ward = _ward(request, known, ballot)
    return _form(request, known, council, ward, fields=fields_of(ward, known.holder.id))


@router.post("/wards/{ballot}")
async def check(request: Request, ballot: Ballot) -> Response:
    """Returns what a form says, read back, with what speaks against it. Sends nothing."""
    known = known_of(request)
    fields = await own_form(request, known.session)
    council, ward = _ward(request, known, ballot)
    if "change" in fields:
        return _form(request, known, council, ward, fields=fields)
    try:
        event = word_of(fields, council, ward, known.holder)
    except MeanwhileError as error:
        return _form(request, known, council, ward, 409, faults=[str(error)], fields=fields)
    except UnusableFigureError as error:
        faults = str(error).splitlines()
        return _form(request, known, council, ward, 422, faults=faults, fields=fields)
    return _read_back(request, known, council, ward, event, fields)


@router.post("/wards/{ballot}/send")
async def send(request: Request, ballot: Ballot) -> Response:
    """Sends what a form says, and has the browser get what became of it.

    The same form may be sent again and again: it is one word.
    """
    known = known_of(request)
    context = context_of(request)
    fields = await own_form(request, known.session)
    council, ward = _ward(request, known, ballot)
    try:
        event = word_of(fields, council, ward, known.holder)
    except MeanwhileError as error:
        return _unsent(request, known, ballot, 409, [str(error)], fields)
    except UnusableFigureError as error:
        return _unsent(request, known, ballot, 422, str(error).splitlines(), fields)
    allow(request, known, event, ENTRY_WORDS)
    try:
        why = await context.words.send(event, actor_of(request, known.session))
    except KafkaUnavailableError as error:
        context.rates.give_back(known.holder, 1)
        return _read_back(request, known, council, ward, event, fields, fault=str(error))
    if why:
        council, ward = _ward(request, known, ballot)
        return _form(request, known, council, ward, 409, faults=why.splitlines(), fields=fields)
    return redirect(f"/wards/{ballot}/sent")


@router.get("/wards/{ballot}/sent")
async def sent(request: Request, ballot: Ballot) -> Response:
    """Returns what became of what was sent of a ward under this key."""
    known = known_of(request)
    council, ward = _ward(request, known, ballot)
    view = ward_view(council, ward, known.holder)
    return shown(request, "sent.html", title=f"Sent: {view.name}", view=view)


def _ward(request: Request, known: SignedIn, ballot: str) -> tuple[Council, Ward]:
    """Returns a listed ward of a key's council. Raises HTTPException for any other ballot."""
    council, ward = found(context_of(request), ballot)
    is_theirs = council.opening is not None and known.holder.may_declare_of(
        council.council, council.opening.opened.election
    )
    if not is_theirs:
        raise HTTPException(403, "This ward is not of a council that your key is for.")
    if ward.contest is None:
        raise HTTPException(404, "Nothing is known of such a ballot.")
    return council, ward


def _form(  # noqa: PLR0913 -- what is shown of which ward
    request: Request,
    known: SignedIn,
    council: Council,
    ward: Ward,
    status: int = 200,
    *,
    faults: Sequence[str] = (),
    fields: Mapping[str, str],
) -> Response:
    view = ward_view(council, ward, known.holder)
    return shown(
        request,
        "ward_form.html",
        status,
        title=f"Not sent: {view.name}" if faults else view.name,
        view=view,
        faults=faults,
        given=defaultdict(str, fields),
    )


def _unsent(  # noqa: PLR0913, PLR0917 -- what is wrong with which form
    request: Request,
    known: SignedIn,
    ballot: str,
    status: int,
    faults: list[str],
    fields: Mapping[str, str],
) -> Response:
    """Returns the form as it is now with what is wrong, and notes that nothing was sent."""
    ENTRY_WORDS.labels("refused").inc()
    actor = actor_of(request, known.session)
    context_of(request).audit.refused(actor, status, f"{ballot}: {'; '.join(faults)}")
    return _form(
        request, known, *_ward(request, known, ballot), status, faults=faults, fields=fields
    )


def _read_back(  # noqa: PLR0913, PLR0917 -- what is read back of which form
    request: Request,
    known: SignedIn,
    council: Council,
    ward: Ward,
    event: Word,
    fields: Mapping[str, str],
    fault: str = "",
) -> Response:
    view = ward_view(council, ward, known.holder)
    hidden = {name: value for name, value in fields.items() if name != "form"}
    # What Kafka did not acknowledge may be in the log nevertheless; to send it again is safe.
    title = "Not known whether it was received" if fault else "Read back"
    return shown(
        request,
        "read_back.html",
        _UNKNOWN if fault else 200,
        title=f"{title}: {view.name}",
        view=view,
        back=read_back(event, council, ward),
        fields=hidden,
        fault=fault,
    )
