"""`/v1`: the count as data, for clients of other people."""

from __future__ import annotations

from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from schemas.alert import Alert
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.ticker.feed.election_state import CouncilState
from services.ticker.feed.entry import FEED_ID, Entry, as_of, is_feed_id
from services.ticker.feed.follower import Follower
from services.ticker.routes.caching import JSON, cacheable, table
from services.ticker.routes.context import context_of
from services.ticker.routes.csv_tables import councils_csv, wards_csv
from services.ticker.routes.described import REFUSALS, Problem, json_of, text_as
from services.ticker.routes.faults import malformed_feed_id
from services.ticker.routes.one_council import council_of
from services.ticker.routes.parameters import FEED_ID_CHARS_MAX, CouncilId, ElectionId

router = APIRouter(prefix="/v1", responses=REFUSALS)

FEED_PAGE_MAX: Final = 1_000
"""Entries in one page of the feed, some 5 MB."""

FeedId = Annotated[str, Field(description="Streams resumed after this id go on from here.")]


class Elections(BaseModel):
    """All elections, latest first."""

    elections: list[str]


class Councils(BaseModel):
    """Every council of an election at one feed id."""

    election: str
    feed_id: FeedId
    councils: list[CouncilTotals]
    left_out: list[str] = Field(
        default=[], description="Councils whose stored totals cannot be read, by id."
    )


class Council(BaseModel):
    """One council at one feed id."""

    feed_id: FeedId
    council: CouncilTotals
    wards: list[WardTotals]
    alerts: list[Alert]
    log: str = Field(
        default="",
        description="The path of the head of the log that has everything declared of it.",
    )


class Wards(BaseModel):
    """The wards of a council at one feed id."""

    feed_id: FeedId
    wards: list[WardTotals]


class Alerts(BaseModel):
    """Alerts, oldest first. One with `retracts` withdraws the alert of that id."""

    feed_id: FeedId
    alerts: list[Alert]


class FeedEntry(BaseModel):
    """One entry of the feed: the whole new state of what changed."""

    id: str
    type: str
    council: str
    data: dict[str, Any]


class Feed(BaseModel):
    """A page of the feed, oldest first. `feed_id` is the `after` of the next page."""

    feed_id: FeedId
    entries: list[FeedEntry]


@router.get("/elections", responses=json_of(Elections), tags=["data"])
async def elections(request: Request) -> Response:
    """Returns all elections, latest first."""
    return cacheable(
        request, orjson.dumps({"elections": await context_of(request).elections()}), JSON
    )


@router.get("/elections/{election}/councils", responses=json_of(Councils), tags=["data"])
async def councils(request: Request, election: ElectionId) -> Response:
    """Returns every council of an election, by name."""
    follower = await context_of(request).follower(election)
    found = [
        follower.state.councils[totals.council].totals_json for totals in follower.state.opened()
    ]
    body = b'{"election":%s,"feed_id":%s,"councils":%s,"left_out":%s}' % (
        orjson.dumps(election),
        _feed_id(follower),
        _array(found),
        orjson.dumps(sorted(follower.state.unreadable)),
    )
    return cacheable(request, body, JSON)


@router.get(
    "/elections/{election}/councils.csv",
    response_class=Response,
    responses=text_as("text/csv"),
    tags=["data"],
)
async def councils_table(request: Request, election: ElectionId) -> Response:
    """Returns one row for each council and party of an election."""
    follower = await context_of(request).follower(election)
    state = follower.state
    body = councils_csv(state.opened(), as_of(state.at))
    return table(request, body, f"councils.{election}.csv")


@router.get("/elections/{election}/alerts", responses=json_of(Alerts), tags=["data"])
async def alerts(request: Request, election: ElectionId) -> Response:
    """Returns every alert of an election, oldest first."""
    follower = await context_of(request).follower(election)
    stored = [data for _, data in follower.state.alert_entries]
    body = b'{"feed_id":%s,"alerts":%s}' % (_feed_id(follower), _array(stored))
    return cacheable(request, body, JSON)


@router.get(
    "/elections/{election}/feed",
    responses=json_of(Feed)
    | {
        400: {"model": Problem, "description": "That is no feed id."},
        410: {"model": Problem, "description": "The feed no longer goes back that far."},
    },
    tags=["data"],
)
async def feed(
    request: Request,
    election: ElectionId,
    after: Annotated[
        str | None,
        Query(
            description="A feed id; without it, the feed from its start.",
            max_length=FEED_ID_CHARS_MAX,
            json_schema_extra={"pattern": f"^{FEED_ID}$"},
        ),
    ] = None,
    limit: Annotated[
        int, Query(ge=1, le=FEED_PAGE_MAX, description="The most entries to return.")
    ] = 100,
) -> Response:
    """Returns what changed after a feed id; 410 if the feed no longer goes back that far."""
    follower = await context_of(request).follower(election)
    if after is not None and not is_feed_id(after):
        raise malformed_feed_id("after", after)
    if after == follower.state.at:
        entries: list[Entry] | None = []
    else:
        entries = list(follower.ring) if after is None else follower.ring.after(after)
    if entries is None:
        raise HTTPException(410, "after: the feed no longer goes back to this id; load a snapshot")
    sent = [entry for entry in entries if entry.is_sent][:limit]
    last = sent[-1].id if len(sent) == limit else follower.state.at
    body = b'{"feed_id":%s,"entries":%s}' % (
        orjson.dumps(last),
        _array([_entry(entry) for entry in sent]),
    )
    return cacheable(request, body, JSON)


@router.get("/councils/{council}", responses=json_of(Council), tags=["data"])
async def council(request: Request, council: CouncilId) -> Response:
    """Returns one council with its wards and alerts."""
    follower, found = await council_of(request, council)
    log = b',"log":%s' % orjson.dumps(f"/v1/councils/{council}/log")
    return cacheable(request, council_json(follower.state.at, found, log), JSON)


def council_json(feed_id: str, council: CouncilState, more: bytes = b"") -> bytes:
    """Returns a council at a feed id as `Council` describes it, with `more` as its last fields."""
    return b'{"feed_id":%s,"council":%s,"wards":%s,"alerts":%s%s}' % (
        orjson.dumps(feed_id),
        council.totals_json,
        _array(_wards(council)),
        _array(council.alerts_json),
        more,
    )


@router.get("/councils/{council}/wards", responses=json_of(Wards), tags=["data"])
async def wards(request: Request, council: CouncilId) -> Response:
    """Returns the wards of one council, by name."""
    follower, found = await council_of(request, council)
    body = b'{"feed_id":%s,"wards":%s}' % (_feed_id(follower), _array(_wards(found)))
    return cacheable(request, body, JSON)


@router.get(
    "/councils/{council}/wards.csv",
    response_class=Response,
    responses=text_as("text/csv"),
    tags=["data"],
)
async def wards_table(request: Request, council: CouncilId) -> Response:
    """Returns one row for each candidate in one council's wards."""
    follower, found = await council_of(request, council)
    body = wards_csv(found.wards, found.totals, as_of(follower.state.at))
    return table(request, body, f"wards.{council}.csv")


@router.get("/councils/{council}/alerts", responses=json_of(Alerts), tags=["data"])
async def council_alerts(request: Request, council: CouncilId) -> Response:
    """Returns the alerts of one council, oldest first."""
    follower, found = await council_of(request, council)
    body = b'{"feed_id":%s,"alerts":%s}' % (_feed_id(follower), _array(found.alerts_json))
    return cacheable(request, body, JSON)


def _wards(council: CouncilState) -> list[bytes]:
    return [council.wards_json[ward.ballot_paper_id] for ward in council.wards]


def _entry(entry: Entry) -> bytes:
    return b'{"id":%s,"type":%s,"council":%s,"data":%s}' % (
        orjson.dumps(entry.id),
        orjson.dumps(entry.kind),
        orjson.dumps(entry.council),
        entry.data,
    )


def _feed_id(follower: Follower) -> bytes:
    return orjson.dumps(follower.state.at)


def _array(items: list[bytes]) -> bytes:
    return b"[%s]" % b",".join(items)
