"""All alerts of an election, page by page, and each of them at an address of its own."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from schemas.alert import Alert
from services.ticker.broadcast.page_key import AlertKinds, AlertPage, AlertsPage
from services.ticker.feed.parsing import parse_alert
from services.ticker.routes.api import FeedId
from services.ticker.routes.caching import JSON, cacheable
from services.ticker.routes.context import context_of
from services.ticker.routes.described import REFUSALS, json_of
from services.ticker.routes.pages import page_of
from services.ticker.routes.parameters import AlertId, AlertsPageNumber, ElectionId

router = APIRouter(responses=REFUSALS)

Kinds = Annotated[
    AlertKinds,
    Query(description="Changes of control, all calls of control, full results, or everything."),
]


class OneAlert(BaseModel):
    """An alert, and what withdrew it."""

    feed_id: FeedId
    alert: Alert
    withdrawn_by: Alert | None = Field(description="Null while the alert stands.")
    certificate: str | None = Field(
        default=None, description="Where its certificate is; null for an alert that has none."
    )


@router.get("/elections/{election}/alerts", include_in_schema=False)
async def alerts_page(
    request: Request,
    election: ElectionId,
    kinds: Kinds = "all",
    page: AlertsPageNumber | None = None,
) -> Response:
    """Returns a page of an election's alerts, of the newest without a number."""
    return await page_of(request, election, AlertsPage(kinds, page), "alerts.html")


@router.get("/elections/{election}/alerts/{alert}", include_in_schema=False)
async def alert_page(request: Request, election: ElectionId, alert: AlertId) -> Response:
    """Returns the page of one alert, struck through if it was withdrawn."""
    return await page_of(request, election, AlertPage(alert), "alert_page.html")


@router.get("/v1/elections/{election}/alerts/{alert}", responses=json_of(OneAlert), tags=["data"])
async def one_alert(request: Request, election: ElectionId, alert: AlertId) -> Response:
    """Returns one alert, and the alert that withdrew it if there is one."""
    state = (await context_of(request).follower(election)).state
    told = [data for _, data in state.alerts_of(alert)]
    if not told:
        raise HTTPException(404, f"alert: there is no alert {alert} in {election}")
    withdrawn_by = told[1] if len(told) > 1 else b"null"
    feed_id = orjson.dumps(state.at)
    has_one = parse_alert(told[0]).certificate is not None
    certificate = orjson.dumps(f"/v1/alerts/{alert}/certificate" if has_one else None)
    parts = (feed_id, told[0], withdrawn_by, certificate)
    body = b'{"feed_id":%s,"alert":%s,"withdrawn_by":%s,"certificate":%s}' % parts
    return cacheable(request, body, JSON)
