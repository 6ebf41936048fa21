"""Certificates: why a call of control is certain, for whoever checks it."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import Response

from schemas.alert import Alert
from schemas.certificate import Certificate
from services.platform.names import CERTIFICATES_MAX
from services.ticker.feed.parsing import parse_alert
from services.ticker.routes.caching import JSON, cacheable
from services.ticker.routes.context import context_of
from services.ticker.routes.described import REFUSALS, json_of
from services.ticker.routes.parameters import AlertId

router = APIRouter(prefix="/v1", responses=REFUSALS)


@router.get("/alerts/{alert}/certificate", responses=json_of(Certificate), tags=["data"])
async def certificate(request: Request, alert: AlertId) -> Response:
    """Returns the facts and the sum by which a call of control is certain.

    The newest of each council are kept, also of calls that were withdrawn since.
    """
    context, told = context_of(request), await _alert(request, alert)
    if told is None:
        raise HTTPException(404, f"alert: there is no alert {alert}")
    if told.retracts:
        raise HTTPException(
            404,
            f"alert: {alert} withdraws {told.retracts}, and needs no certificate; ask for the"
            " certificate of that one",
        )
    if told.certificate is None or told.council is None:
        raise HTTPException(
            404, f"alert: {alert} has no certificate; only control and incumbent_out have one"
        )
    try:
        found = await context.store.certificate(told.council, alert)
    except (RedisError, OSError) as error:
        reason = "The count's store cannot be reached."
        raise HTTPException(503, reason, headers={"Retry-After": "2"}) from error
    if found is None:
        raise HTTPException(
            404,
            f"alert: the certificate of {alert} is not kept any more, as {told.name} has had more"
            f" than {CERTIFICATES_MAX} since; an archive of the night has it",
        )
    return cacheable(request, found, JSON)


async def _alert(request: Request, alert: str) -> Alert | None:
    """Returns an alert of any election, the latest first; None if there is none with this id."""
    context = context_of(request)
    for election in await context.elections():
        state = (await context.follower(election)).state
        told = state.alerts_of(alert)
        if told:
            return parse_alert(told[0][1])
    return None
