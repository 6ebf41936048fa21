"""`/desk`: what waits, each ballot by itself, and what is decided about it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from election.council import Council
from election.ward import Ward
from services.entry.ballot_view import ballot_view
from services.entry.context import SignedIn, actor_of, context_of, known_of, signed_in
from services.entry.decision_form import decision_of
from services.entry.desk import Told
from services.entry.roles import DECIDE
from services.entry.routes.allowing import allow
from services.entry.routes.answers import found, own_form, redirect, shown
from services.entry.routes.gate import EVENTS, UNUSED
from services.entry.streams import STREAMS_MAX
from services.intake.producer import Acknowledgement
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import ENTRY_DECISIONS
from services.review.decision import MeanwhileError, UnusableDecisionError

router = APIRouter(include_in_schema=False)

Ballot = Annotated[str, Path(max_length=250)]

FEED_ID_CHARS_MAX = 40
"""The longest id of an event: a time in milliseconds and a running number."""

_PLACE = re.compile(r"(\d{1,6})-(\d{1,18})", re.ASCII)

_UNKNOWN = 503
"""The status of a decision of which it is not known what came."""


@router.get("/")
async def begin(request: Request) -> Response:
    """Has the browser go where somebody of this role begins."""
    return redirect(known_of(request).session.home)


@router.get("/desk")
async def desk(request: Request) -> Response:
    """Returns the list of what waits."""
    live = context_of(request).listed.live_view()
    return shown(
        request, "desk.html", title="To decide", view=live.view, feed_id=live.at, unused=UNUSED
    )


@router.get("/desk/live")
async def desk_live(
    request: Request,
    after: Annotated[str, Query(max_length=FEED_ID_CHARS_MAX)] = "",
) -> Response:
    """Streams the list's changes, until the session ends."""
    streams = context_of(request).streams
    if streams.is_full:
        raise HTTPException(
            503, f"{STREAMS_MAX} pages are open; this one does not change by itself"
        )
    resumed = request.headers.get("last-event-id", after)[:FEED_ID_CHARS_MAX]
    events = streams.events(resumed, lambda: signed_in(request) is not None)
    return StreamingResponse(events, media_type=EVENTS, headers={"X-Accel-Buffering": "no"})


@router.get("/desk/{ballot}")
async def ballot_page(
    request: Request,
    ballot: Ballot,
    decided: Annotated[str, Query(max_length=FEED_ID_CHARS_MAX)] = "",
) -> Response:
    """Returns a ballot with what each source says of it, and the form to decide.

    `decided` is the place in the log of a decision, of which the page then says what came of it.
    """
    context, place, told = context_of(request), _PLACE.fullmatch(decided), None
    if place is not None:
        at = Acknowledgement(*map(int, place.groups()))
        told = await context.desk.told(ballot, known_of(request).session.by, at)
    return _ballot(request, *found(context, ballot), told=told)


@router.post("/desk/{ballot}")
async def decide(request: Request, ballot: Ballot) -> Response:
    """Sends a decision, and has the browser get the ballot again with what came of it."""
    known, context = known_of(request), context_of(request)
    fields = await own_form(request, known.session)
    council, ward = found(context, ballot)
    try:
        event = decision_of(fields, known.session.by, council, ward, context.clock())
        allow(request, known, event, ENTRY_DECISIONS)
        partition, offset = await context.desk.send(event, actor_of(request, known.session))
    except MeanwhileError as error:
        # The choice was about what is no more; the reason may still be right.
        kept = {"reason": fields.get("reason", "")}
        return _undecided(request, known, ballot, 409, [str(error)], kept)
    except UnusableDecisionError as error:
        return _undecided(request, known, ballot, 422, str(error).splitlines(), fields)
    except KafkaUnavailableError as error:
        return _ballot(
            request, *found(context, ballot), _UNKNOWN, faults=[str(error)], fields=fields
        )
    return redirect(f"/desk/{ballot}?decided={partition}-{offset}")


def _undecided(  # noqa: PLR0913, PLR0917 -- what is wrong with which form
    request: Request,
    known: SignedIn,
    ballot: str,
    status: int,
    faults: list[str],
    fields: Mapping[str, str],
) -> Response:
    """Returns the ballot's page as it is now, with what is wrong, and notes that."""
    context = context_of(request)
    ENTRY_DECISIONS.labels("refused").inc()
    why = f"{ballot}: {'; '.join(faults)}"
    context.audit.refused(actor_of(request, known.session), status, why)
    return _ballot(request, *found(context, ballot), status, faults=faults, fields=fields)


def _ballot(  # noqa: PLR0913 -- what is shown of which ballot
    request: Request,
    council: Council,
    ward: Ward,
    status: int = 200,
    *,
    told: Told | None = None,
    faults: Sequence[str] = (),
    fields: Mapping[str, str] | None = None,
) -> Response:
    view = ballot_view(council, ward)
    title = view.ballot.name
    # What Kafka did not acknowledge may be in the log nevertheless.
    heading = "Not known whether it was decided" if status == _UNKNOWN else "Nothing was decided"
    if told is not None:
        title = f"{'Decided' if told.counts else 'It does not count'}: {title}"
    elif faults:
        title = f"{heading}: {title}"
    return shown(
        request,
        "ballot.html",
        status,
        title=title,
        view=view,
        may_decide=known_of(request).session.role in DECIDE,
        told=told,
        faults=faults,
        heading=heading,
        given=defaultdict(str, fields or {}),
    )
