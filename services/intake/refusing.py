"""How intake answers what it does not take: a status, and every field, value and remedy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from schemas.refusal import Refusal, refusal_of
from services.access.key_ring import UnauthorisedError
from services.access.permission import ForbiddenError
from services.access.rates import OverRateError
from services.intake.body import BodyTooLargeError
from services.intake.idempotency import ConflictError
from services.intake.parsing import RefusedError
from services.intake.request_audit import RequestAudit
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import INTAKE_DECLARATIONS

RETRY_AFTER_S = 5
"""How long a client should wait if Kafka does not answer: about as long as a new leader takes."""


def add_refusals(app: FastAPI, audit: RequestAudit) -> None:
    """Gives the application an answer to every error of a request, which the audit is told."""
    _add_of_events(app, audit)
    _add_of_keys(app, audit)
    _add_of_bodies(app, audit)

    @app.exception_handler(KafkaUnavailableError)
    async def unavailable(request: Request, error: KafkaUnavailableError) -> JSONResponse:
        INTAKE_DECLARATIONS.labels("failed").inc()
        audit.failed(request, 503, str(error))
        refusal = Refusal("Kafka", "", str(error))
        return _answer(503, [refusal], {"Retry-After": str(RETRY_AFTER_S)})


def _answer(
    status: int, found: Sequence[Refusal], headers: Mapping[str, str] | None = None
) -> JSONResponse:
    listed = [{"field": each.field, "value": each.value, "remedy": each.remedy} for each in found]
    return JSONResponse({"errors": listed}, status, headers)


def _add_of_events(app: FastAPI, audit: RequestAudit) -> None:
    @app.exception_handler(RefusedError)
    async def refused(request: Request, error: RefusedError) -> JSONResponse:
        INTAKE_DECLARATIONS.labels("refused").inc()
        audit.refused(request, 422, error.refusals)
        return _answer(422, error.refusals)

    @app.exception_handler(ConflictError)
    async def conflict(request: Request, error: ConflictError) -> JSONResponse:
        found = [refusal_of(error)]
        audit.refused(request, 422, found)
        return _answer(422, found)


def _add_of_keys(app: FastAPI, audit: RequestAudit) -> None:
    @app.exception_handler(UnauthorisedError)
    async def unauthorised(request: Request, error: UnauthorisedError) -> JSONResponse:
        remedy = "send the token of this intake as `Authorization: Bearer …`"
        found = [Refusal("Authorization", "", remedy)]
        audit.refused(request, 401, found, ended=error)
        return _answer(401, found, {"WWW-Authenticate": "Bearer"})

    @app.exception_handler(ForbiddenError)
    async def forbidden(request: Request, error: ForbiddenError) -> JSONResponse:
        INTAKE_DECLARATIONS.labels("refused").inc()
        audit.refused(request, 403, error.refusals, error.events)
        return _answer(403, error.refusals)

    @app.exception_handler(OverRateError)
    async def over_rate(request: Request, error: OverRateError) -> JSONResponse:
        INTAKE_DECLARATIONS.labels("refused").inc()
        holder, wait_s = error.holder, error.wait_s
        may = f"the key {holder.id} may declare {holder.per_minute} a minute"
        status, headers = 422, {}
        remedy = f"{may}; send at most {holder.per_minute} in one request"
        if wait_s is not None:
            after_s = math.ceil(wait_s)
            status, headers = 429, {"Retry-After": str(after_s)}
            remedy = f"{may}; send the same again in {after_s} s"
        found = [Refusal("event", f"{error.events} more", remedy)]
        audit.refused(request, status, found)
        return _answer(status, found, headers)


def _add_of_bodies(app: FastAPI, audit: RequestAudit) -> None:
    @app.exception_handler(BodyTooLargeError)
    async def too_large(request: Request, _: BodyTooLargeError) -> JSONResponse:
        found = [Refusal("body", "", "too large; send fewer events in one request")]
        audit.refused(request, 413, found)
        return _answer(413, found)

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, _: ClientDisconnect) -> Response:
        # Nobody reads it. Without this each client that goes away would be logged as an error.
        audit.refused(request, 400, [Refusal("body", "", "the client went away")])
        return Response(status_code=400)

    @app.exception_handler(TimeoutError)
    async def too_slow(request: Request, _: TimeoutError) -> JSONResponse:
        found = [Refusal("body", "", "came too slowly; send it again")]
        audit.refused(request, 408, found)
        return _answer(408, found)
