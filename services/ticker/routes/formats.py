"""`/v1/elections/{election}/…`: results and alerts in the forms that others read."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.feed.election_state import CouncilState, ElectionState
from services.ticker.formats.democracy_club import DEMOCRACY_CLUB
from services.ticker.formats.lga import LGA
from services.ticker.formats.national_table import national_csv
from services.ticker.formats.press_association import press_association_json
from services.ticker.formats.results import RESULTS
from services.ticker.routes.caching import JSON, cacheable, table
from services.ticker.routes.context import context_of
from services.ticker.routes.described import REFUSALS, UNCHANGED, Answers, text_as
from services.ticker.routes.national import PARTS, counted
from services.ticker.routes.parameters import ElectionId

router = APIRouter(prefix="/v1/elections/{election}", tags=["forms of others"], responses=REFUSALS)

_TABLE: Final = text_as("text/csv")

_RESULTS: Final[Answers] = {
    200: {
        "description": "A list of `LocalElectionResult`, one for each council that is complete.",
        "content": {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}},
    },
    304: UNCHANGED,
}


@router.get("/results.csv", response_class=Response, responses=_TABLE)
async def results(request: Request, election: ElectionId) -> Response:
    """Returns wards under the columns of livecount's own `results.csv`."""
    body = RESULTS.table(await _councils(request, election))
    return table(request, body, f"results.{election}.csv")


@router.get("/democracy-club.csv", response_class=Response, responses=_TABLE)
async def democracy_club(request: Request, election: ElectionId) -> Response:
    """Returns wards under the columns of Democracy Club's data download."""
    body = DEMOCRACY_CLUB.table(await _councils(request, election))
    return table(request, body, f"democracy-club.{election}.csv")


@router.get("/lga.csv", response_class=Response, responses=_TABLE)
async def lga(request: Request, election: ElectionId) -> Response:
    """Returns wards under the columns of the Local Government Association's schema."""
    body = LGA.table(await _councils(request, election))
    return table(request, body, f"lga.{election}.csv")


@router.get("/press-association.json", responses=_RESULTS)
async def press_association(request: Request, election: ElectionId) -> Response:
    """Returns the councils that are complete, as the Press Association would have them."""
    return cacheable(request, press_association_json(await _councils(request, election)), JSON)


@router.get("/national.csv", response_class=Response, responses=_TABLE)
async def national(request: Request, election: ElectionId) -> Response:
    """Returns parties over all councils together, and over each part of them."""
    nation = counted((await context_of(request).follower(election)).state)
    parts = [data for kind in PARTS.values() for data in nation.parts(kind)]
    body = national_csv([nation.night_json, *parts])
    return table(request, body, f"national.{election}.csv")


async def _councils(request: Request, election: str) -> list[CouncilState]:
    return opened((await context_of(request).follower(election)).state)


def opened(state: ElectionState) -> list[CouncilState]:
    """Returns each open council of an election, by name."""
    return [state.councils[totals.council] for totals in state.opened()]
