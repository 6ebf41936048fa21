"""`/v1`: the count as data, for other people's tickers."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from schemas.alert import Alert
from schemas.ids import check_council_id, election_of
from schemas.totals import CouncilTotals, WardTotals
from services.ticker.feed.election_state import CouncilCount
from services.ticker.feed.entry import Entry, is_feed_id
from services.ticker.feed.follower import Follower
from services.ticker.routes.caching import CSV, JSON, answer
from services.ticker.routes.context import desk_of
from services.ticker.routes.csv_tables import councils_csv, wards_csv

router = APIRouter(prefix="/v1")

FEED_PAGE_MAX = 1_000
"""Entries in one page of the feed, some 5 MB."""

FeedId = Annotated[str, Field(description="Streams resumed after this id go on from here.")]


class Elections(BaseModel):
    """The elections there are, the latest first."""

    elections: list[str]


class Councils(BaseModel):
    """Every council of an election as it stands at one feed id."""

    election: str
    feed_id: FeedId
    councils: list[CouncilTotals]


class Council(BaseModel):
    """One council as it stands at one feed id."""

    feed_id: FeedId
    council: CouncilTotals
    wards: list[WardTotals]
    alerts: list[Alert]


class Wards(BaseModel):
    """The wards of a council as they stand at one feed id."""

    feed_id: FeedId
    wards: list[WardTotals]


class Alerts(BaseModel):
    """Alerts, oldest first. One with `retracts` withdraws the alert of that id."""

    feed_id: FeedId
    alerts: list[Alert]


class FeedEntry(BaseModel):
    """One entry of the feed: the whole of what changed, as it then was."""

    id: str
    type: str
    council: str
    data: dict[str, Any]


class Feed(BaseModel):
    """A page of the feed, oldest first. `feed_id` is what to ask after next."""

    feed_id: FeedId
    entries: list[FeedEntry]


def _documented(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model}, 304: {"description": "What the client has still stands."}}


@router.get("/elections", responses=_documented(Elections), tags=["data"])
async def elections(request: Request) -> Response:
    """The elections there are."""
    return answer(request, orjson.dumps({"elections": await desk_of(request).elections()}), JSON)


@router.get("/elections/{election}/councils", responses=_documented(Councils), tags=["data"])
async def councils(request: Request, election: str) -> Response:
    """Every council of an election, by name."""
    follower = await desk_of(request).follower(election)
    found = [
        follower.night.councils[totals.council].totals_json for totals in follower.night.opened()
    ]
    body = b'{"election":%s,"feed_id":%s,"councils":%s}' % (
        orjson.dumps(election),
        _feed_id(follower),
        _array(found),
    )
    return answer(request, body, JSON)


@router.get("/elections/{election}/councils.csv", tags=["data"])
async def councils_table(request: Request, election: str) -> Response:
    """Every council and party of an election, one row each."""
    follower = await desk_of(request).follower(election)
    return answer(request, councils_csv(follower.night.opened()), CSV)


@router.get("/elections/{election}/alerts", responses=_documented(Alerts), tags=["data"])
async def alerts(request: Request, election: str) -> Response:
    """Every alert of an election, oldest first."""
    follower = await desk_of(request).follower(election)
    told = [data for _, data in follower.night.told]
    body = b'{"feed_id":%s,"alerts":%s}' % (_feed_id(follower), _array(told))
    return answer(request, body, JSON)


@router.get("/elections/{election}/feed", responses=_documented(Feed), tags=["data"])
async def feed(
    request: Request,
    election: str,
    after: Annotated[
        str | None, Query(description="A feed id; all there is when left out.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=FEED_PAGE_MAX)] = 100,
) -> Response:
    """What changed after a feed id. 410 where the feed no longer goes back that far."""
    follower = await desk_of(request).follower(election)
    if after is not None and not is_feed_id(after):
        raise HTTPException(400, f"after: {after[:40]!r}; expected a feed id")
    if after == follower.night.at:
        entries: list[Entry] | None = []
    else:
        entries = list(follower.ring) if after is None else follower.ring.after(after)
    if entries is None:
        raise HTTPException(410, "after: the feed no longer goes back to this id; load a snapshot")
    told = [entry for entry in entries if entry.frame][:limit]
    last = told[-1].id if len(told) == limit else follower.night.at
    body = b'{"feed_id":%s,"entries":%s}' % (
        orjson.dumps(last),
        _array([_entry(entry) for entry in told]),
    )
    return answer(request, body, JSON)


@router.get("/councils/{council}", responses=_documented(Council), tags=["data"])
async def council(request: Request, council: str) -> Response:
    """One council with its wards and alerts."""
    follower, found = await _council(request, council)
    body = b'{"feed_id":%s,"council":%s,"wards":%s,"alerts":%s}' % (
        _feed_id(follower),
        found.totals_json,
        _array(_wards(found)),
        _array(found.alerts_json),
    )
    return answer(request, body, JSON)


@router.get("/councils/{council}/wards", responses=_documented(Wards), tags=["data"])
async def wards(request: Request, council: str) -> Response:
    """The wards of one council, by name."""
    follower, found = await _council(request, council)
    body = b'{"feed_id":%s,"wards":%s}' % (_feed_id(follower), _array(_wards(found)))
    return answer(request, body, JSON)


@router.get("/councils/{council}/wards.csv", tags=["data"])
async def wards_table(request: Request, council: str) -> Response:
    """The candidates of one council's wards, one row each."""
    _, found = await _council(request, council)
    return answer(request, wards_csv(found.wards), CSV)


@router.get("/councils/{council}/alerts", responses=_documented(Alerts), tags=["data"])
async def council_alerts(request: Request, council: str) -> Response:
    """The alerts of one council, oldest first."""
    follower, found = await _council(request, council)
    body = b'{"feed_id":%s,"alerts":%s}' % (_feed_id(follower), _array(found.alerts_json))
    return answer(request, body, JSON)


async def _council(request: Request, council: str) -> tuple[Follower, CouncilCount]:
    try:
        election = election_of(check_council_id(council))
    except ValueError as error:
        raise HTTPException(404, f"council: {error}") from error
    follower = await desk_of(request).follower(election)
    found = follower.night.find(council)
    if found is None:
        raise HTTPException(404, f"council: no council {council} has been opened")
    return follower, found


def _wards(council: CouncilCount) -> list[bytes]:
    return [council.wards_json[ward.ballot_paper_id] for ward in council.wards]


def _entry(entry: Entry) -> bytes:
    return b'{"id":%s,"type":%s,"council":%s,"data":%s}' % (
        orjson.dumps(entry.id),
        orjson.dumps(entry.kind),
        orjson.dumps(entry.council),
        entry.data,
    )


def _feed_id(follower: Follower) -> bytes:
    return orjson.dumps(follower.night.at)


def _array(items: list[bytes]) -> bytes:
    return b"[%s]" % b",".join(items)
