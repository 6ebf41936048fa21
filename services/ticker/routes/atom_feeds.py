"""Alerts as Atom feeds: of an election, of a council, and of a ward."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.parsing import parse_alert, parse_ward
from services.ticker.formats.atom import (
    MEDIA_TYPE,
    Subject,
    alerts_atom,
    of_council,
    of_election,
    of_ward,
)
from services.ticker.routes.caching import cacheable
from services.ticker.routes.context import context_of, public_address
from services.ticker.routes.described import REFUSALS, text_as
from services.ticker.routes.one_council import council_of
from services.ticker.routes.parameters import BallotId, CouncilId, ElectionId

router = APIRouter(prefix="/v1", tags=["feeds"], responses=REFUSALS)

ATOM: Final = f"{MEDIA_TYPE}; charset=utf-8"

_FEED: Final = text_as(MEDIA_TYPE)


@router.get("/elections/{election}/alerts.atom", response_class=Response, responses=_FEED)
async def of_an_election(request: Request, election: ElectionId) -> Response:
    """Returns the newest alerts of an election as an Atom feed."""
    state = (await context_of(request).follower(election)).state
    return _feed(request, of_election(election), state.alert_entries)


@router.get("/councils/{council}/alerts.atom", response_class=Response, responses=_FEED)
async def of_one_council(request: Request, council: CouncilId) -> Response:
    """Returns the newest alerts of a council as an Atom feed."""
    follower, found = await council_of(request, council)
    about = of_council(council, found.totals.name)
    return _feed(request, about, _about(follower.state, council))


@router.get("/councils/{council}/wards/{ballot}.atom", response_class=Response, responses=_FEED)
async def of_one_ward(request: Request, council: CouncilId, ballot: BallotId) -> Response:
    """Returns the newest alerts about a ward, or caused by it, as an Atom feed."""
    follower, found = await council_of(request, council)
    if ballot not in found.wards_json:
        raise HTTPException(404, f"ballot: {council} has no ward {ballot}")
    ward = parse_ward(found.wards_json[ballot])
    about = of_ward(council, found.totals.name, ballot, ward.ward)
    return _feed(request, about, _about(follower.state, council, ballot))


def _about(
    state: ElectionState, council: str, ballot: str | None = None
) -> list[tuple[str, bytes]]:
    """Returns the alerts of a council, or of one of its ballots, with the id each came with."""
    alerts = ((feed_id, data, parse_alert(data)) for feed_id, data in state.alert_entries)
    return [
        (feed_id, data)
        for feed_id, data, alert in alerts
        if alert.council == council and ballot in {None, alert.cause, *alert.ballots}
    ]


def _feed(request: Request, about: Subject, entries: Iterable[tuple[str, bytes]]) -> Response:
    return cacheable(request, alerts_atom(about, entries, site=public_address(request)), ATOM)
