"""`/v1/councils/{council}/councillors`: who sits on a council after its poll, as data."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.pages.councillors import CouncilCouncillors, council_councillors
from services.ticker.routes.api import FeedId
from services.ticker.routes.caching import JSON, cacheable
from services.ticker.routes.described import REFUSALS, json_of
from services.ticker.routes.one_council import council_of
from services.ticker.routes.parameters import CouncilId

router = APIRouter(prefix="/v1", tags=["data"], responses=REFUSALS)


class Councillors(CouncilCouncillors):
    """Who sits on a council after this poll, at one feed id."""

    feed_id: FeedId


@router.get("/councils/{council}/councillors", responses=json_of(Councillors))
async def councillors(request: Request, council: CouncilId) -> Response:
    """Returns who was elected in each ward at this poll, and how many seats were not up."""
    follower, found = await council_of(request, council)
    known = council_councillors(found.totals, found.wards)
    body = Councillors(feed_id=follower.state.at, **known.model_dump())
    return cacheable(request, body.model_dump_json().encode(), JSON)
