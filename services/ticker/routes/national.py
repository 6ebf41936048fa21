"""`/v1/elections/{election}/national`: what councils come to together, as data."""

from __future__ import annotations

from typing import Final

import orjson
from fastapi import APIRouter, HTTPException
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from schemas.national import NationalTotals, PartKind
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.nation_state import NationState
from services.ticker.routes.api import FeedId
from services.ticker.routes.caching import JSON, cacheable
from services.ticker.routes.context import context_of
from services.ticker.routes.described import REFUSALS, json_of
from services.ticker.routes.parameters import ElectionId

router = APIRouter(prefix="/v1/elections/{election}", tags=["data"], responses=REFUSALS)

PARTS: Final[dict[str, PartKind]] = {
    "nations": "nation",
    "regions": "region",
    "authority_types": "authority_type",
    "cycles": "cycle",
}
"""The kinds of parts, by the field that has them."""


class National(NationalTotals):
    """The totals of a night at one feed id, and those of each part of it by name."""

    feed_id: FeedId
    nations: list[NationalTotals] = Field(description="By England, Scotland and so on.")
    regions: list[NationalTotals] = Field(description="By region.")
    authority_types: list[NationalTotals] = Field(description="By type of authority.")
    cycles: list[NationalTotals] = Field(description="By how much of a council is up.")


@router.get("/national", responses=json_of(National))
async def national(request: Request, election: ElectionId) -> Response:
    """Returns an election's councils added up: the night, its parts, and its milestones."""
    state = (await context_of(request).follower(election)).state
    nation = counted(state)
    body = {
        "feed_id": state.at,
        **orjson.loads(nation.night_json),
        **{
            field: [orjson.Fragment(data) for data in nation.parts(kind)]
            for field, kind in PARTS.items()
        },
    }
    return cacheable(request, orjson.dumps(body), JSON)


def counted(state: ElectionState) -> NationState:
    """Returns what the councils of an election come to together.

    Raises HTTPException: 404 if nothing is counted across them, 500 if it cannot be read.
    """
    if state.nation.is_unreadable:
        raise HTTPException(500, f"national: what is stored of {state.election} cannot be read")
    if not state.nation.night_json:
        raise HTTPException(
            404,
            f"national: the councils of {state.election} are not added up yet;"
            " `livecount nation run` does that",
        )
    return state.nation
