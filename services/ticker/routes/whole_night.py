"""`/v1/elections/{election}` and its wards: a whole night in one answer, made while it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from importlib.metadata import version
from typing import Annotated, Final

import orjson
from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from schemas.base import Mode
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.ticker.feed.election_state import CouncilState, ElectionState
from services.ticker.feed.entry import as_of
from services.ticker.feed.newest import Newest
from services.ticker.feed.parsing import parse_ward
from services.ticker.formats.csv_text import ENCODING, csv_lines
from services.ticker.pages.night_title import night_title
from services.ticker.routes.api import FeedId
from services.ticker.routes.caching import CSV, JSON, cacheable, is_known, named, validated
from services.ticker.routes.context import context_of, public_address
from services.ticker.routes.csv_tables import WARD_COLUMNS, timed, ward_rows
from services.ticker.routes.described import REFUSALS, json_of, text_as
from services.ticker.routes.downloads import Download
from services.ticker.routes.parameters import ElectionId

router = APIRouter(prefix="/v1/elections", tags=["data"], responses=REFUSALS)

VERSION: Final = version("livecount")

WARDS_AT_ONCE: Final = 10
"""Wards that are written before other requests are served, which takes some milliseconds."""

_made: Final = Newest[str, list[str]](16_384)
"""Rows of the wards of more than one large night, so that those of each version are written once:
8 MB for England in 2021."""

Links = dict[str, str]


class CouncilCounts(BaseModel):
    """How far the councils of an election are."""

    opened: int = Field(description="Councils that have been opened.")
    decided: int = Field(description="Those whose control votes have made certain.")
    complete: int = Field(description="Those of which every seat that is up is decided.")


class WardCounts(BaseModel):
    """How far the wards of an election are."""

    total: int = Field(description="Wards that are polled in the opened councils.")
    declared: int = Field(description="Those whose result is known.")


class Election(BaseModel):
    """One election at one feed id."""

    election: str
    feed_id: FeedId
    title: str = Field(description="The day of the poll, such as 22 May 2014.")
    date: Annotated[str, Field(description="The same as ISO 8601, such as 2014-05-22.")]
    mode: Mode = Field(description="rehearsal if any of its councils is one.")
    councils: CouncilCounts
    wards: WardCounts
    links: Links = Field(description="Addresses of what there is of it, by name.")


class NightWards(BaseModel):
    """Every ward of an election at one feed id, by council and name."""

    election: str
    feed_id: FeedId
    wards: list[WardTotals]


@router.get("/{election}", responses=json_of(Election))
async def election(request: Request, election: ElectionId) -> Response:
    """Returns an election: its day, whether it is a rehearsal, how far it is, and what there is."""
    state = (await context_of(request).follower(election)).state
    found = election_of_state(state, public_address(request))
    return cacheable(request, found.model_dump_json().encode(), JSON)


@router.get("/{election}/wards", responses=json_of(NightWards))
async def wards(request: Request, election: ElectionId) -> Response:
    """Returns every ward of an election: some 10 MB for a night of 4,000, compressed 0.8 MB."""
    state = (await context_of(request).follower(election)).state
    pieces = wards_json(election, state.at, snapshot(state))
    return _download(request, state, pieces, JSON, {})


@router.get("/{election}/wards.csv", response_class=Response, responses=text_as("text/csv"))
async def wards_table(request: Request, election: ElectionId) -> Response:
    """Returns one row for each candidate in every ward of an election."""
    state = (await context_of(request).follower(election)).state
    pieces = wards_table_of(state.at, snapshot(state))
    return _download(request, state, pieces, CSV, named(f"wards.{election}.csv"))


def _download(
    request: Request,
    state: ElectionState,
    pieces: AsyncIterator[bytes],
    media_type: str,
    more: dict[str, str],
) -> Response:
    """Returns the pieces as a response, or 304; raises HTTPException with 503 without a place."""
    headers = validated(_version(media_type, state))
    if is_known(request, headers):
        return Response(status_code=304, headers=headers)
    downloads = context_of(request).downloads
    downloads.check()
    return Download(downloads, pieces, media_type, headers | more)


def election_of_state(state: ElectionState, site: str) -> Election:
    """Returns an election as the data describes it; `site` is the address of the ticker."""
    opened = state.opened()
    own = f"{site}/v1/elections/{state.election}"
    names = ("councils", "councils.csv", "wards", "wards.csv", "alerts", "alerts.atom", "national")
    return Election(
        election=state.election,
        feed_id=state.at,
        title=night_title(state.election),
        date=state.election.rpartition(".")[2],
        mode="rehearsal" if state.is_rehearsal else "live",
        councils=CouncilCounts(
            opened=len(opened),
            decided=sum(each.decided for each in opened),
            complete=sum(each.complete for each in opened),
        ),
        wards=WardCounts(
            total=sum(each.wards_total for each in opened),
            declared=sum(each.wards_declared for each in opened),
        ),
        links={
            "self": own,
            "page": f"{site}/elections/{state.election}",
            **{name: f"{own}/{name}" for name in names},
            "stream": f"{site}/v1/stream?election={state.election}",
            "log": f"{site}/v1/log",
        },
    )


Snapshot = list[tuple[CouncilTotals, CouncilState]]


def snapshot(state: ElectionState) -> Snapshot:
    """Returns the opened councils as they are now, by name; what changes later is not in it.

    It refers to what is in memory already, so that a client who reads slowly costs little.
    """
    return [(totals, state.councils[totals.council].copy()) for totals in state.opened()]


async def wards_json(election: str, feed_id: str, councils: Snapshot) -> AsyncIterator[bytes]:
    """Yields every ward as `NightWards` describes it, some at a time."""
    yield b'{"election":%s,"feed_id":%s,"wards":[' % (orjson.dumps(election), orjson.dumps(feed_id))
    comma = b""
    for _, council in councils:
        async for found in _some_at_a_time(council):
            yield comma + b",".join(found)
            comma = b","
    yield b"]}"


async def wards_table_of(feed_id: str, councils: Snapshot) -> AsyncIterator[bytes]:
    """Yields every ward and candidate as CSV in ENCODING, in the same way."""
    yield csv_lines([WARD_COLUMNS]).encode(ENCODING)
    time = as_of(feed_id)
    for totals, council in councils:
        async for found in _some_at_a_time(council):
            rows = (row for data in found for row in _rows(data, totals))
            # Without the mark of ENCODING, which stands at the beginning of the table only.
            yield timed(rows, time).encode()


async def _some_at_a_time(council: CouncilState) -> AsyncIterator[list[bytes]]:
    """Yields the wards of a council by name, and lets other requests be served in between."""
    every = [*council.wards_json.values()]
    for start in range(0, len(every), WARDS_AT_ONCE):
        for data in every[start : start + WARDS_AT_ONCE]:
            parse_ward(data)
        await asyncio.sleep(0)
    by_name = [council.wards_json[ward.ballot_paper_id] for ward in council.wards]
    for start in range(0, len(by_name), WARDS_AT_ONCE):
        yield by_name[start : start + WARDS_AT_ONCE]
        await asyncio.sleep(0)


def _rows(data: bytes, totals: CouncilTotals) -> list[str]:
    ward, of_council = parse_ward(data), (totals.council_gss, totals.name)
    make = partial(ward_rows, ward, *of_council)
    return _made.of(ward.ballot_paper_id, (data, *of_council), make)


def _version(form: str, state: ElectionState) -> bytes:
    """Returns what is other whenever an answer is: hashing the answer itself would hold others up.

    Each council's version counts its changes.
    """
    lost = sorted(state.unreadable)
    return repr((form, VERSION, state.at, sorted(state.versions().items()), lost)).encode()
