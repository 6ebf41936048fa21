"""`POST /v1/declarations`. The answer 202 means that Kafka has all events of the request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from schemas.envelope import content_id
from schemas.refusal import Refusal, refusal_of
from schemas.uk_time import UK_TIME
from services.intake.bodies import Bodies
from services.intake.body import BodyTooLargeError, read_body
from services.intake.clients import Clients, UnauthorisedError
from services.intake.idempotency import ConflictError, Receipts
from services.intake.message import Message
from services.intake.openapi import RESPONSES, Accepted, Receipt, describe
from services.intake.parsing import RefusedError
from services.intake.parties import load_register
from services.intake.producer import Acknowledgement, DeclarationProducer
from services.intake.request import client_id, messages
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import INTAKE_ACKNOWLEDGED_SECONDS, INTAKE_DECLARATIONS
from services.platform.settings import Settings

Clock = Callable[[], datetime]
"""Returns the time with its offset."""

RETRY_AFTER_S = 5
"""How long a client should wait if Kafka does not answer: about as long as a new leader takes."""

PLACES_MAX = 16
"""Requests whose events are parsed or sent at the same time, at most 128 MiB; others wait.

A place is taken only once the whole body has come, so that slow clients take none.
"""

PARSED_HERE_MAX_BYTES = 65_536
"""A body of this size is parsed in a millisecond. A larger one is parsed beside the event loop,
which goes on between two of its events."""

PARSERS_MAX = 2
"""Threads that parse large bodies: more would only wait for each other."""


def _now() -> datetime:
    return datetime.now(UK_TIME)


def create_app(settings: Settings, producer: DeclarationProducer, clock: Clock = _now) -> FastAPI:
    """Returns intake's HTTP application, which sends through a started producer.

    The clock says which polls are near. Raises UnusableFilesError if the file of parties that is
    set has a fault.
    """
    # FastAPI's documentation pages load scripts from another host, so they are switched off.
    app = FastAPI(title="livecount intake", version="1", docs_url=None, redoc_url=None)
    _add_refusals(app)
    _add_health(app, producer)
    _add_declarations(app, settings, producer, clock)
    describe(app)
    return app


def _add_declarations(
    app: FastAPI, settings: Settings, producer: DeclarationProducer, clock: Clock
) -> None:
    receipts = Receipts()
    register = load_register(settings)
    bodies = Bodies()
    places = asyncio.Semaphore(PLACES_MAX)
    parsers = ThreadPoolExecutor(PARSERS_MAX, thread_name_prefix="parser")

    async def messages_of(body: bytes, headers: Headers) -> list[Message]:
        arguments = (body, headers, settings.namespace, clock().date(), register)
        if len(body) <= PARSED_HERE_MAX_BYTES:
            return messages(*arguments)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(parsers, messages, *arguments)

    @app.post(
        "/v1/declarations",
        status_code=202,
        dependencies=[Depends(_authorisation(settings))],
        responses=RESPONSES,
    )
    async def declare(request: Request) -> Accepted:
        """Takes one event, an array of events, or JSON lines; all are counted or none.

        Answers only after every in-sync replica of Kafka has all of them.
        """
        async with read_body(request, bodies) as body, places:
            prepared = await messages_of(body, request.headers)
            client: str = request.state.client
            key = client_id(request.headers)

            def send() -> Awaitable[list[Acknowledgement]]:
                return producer.send_all(prepared)

            with INTAKE_ACKNOWLEDGED_SECONDS.time():
                acknowledged = await (
                    send() if key is None else receipts.once(client, key, content_id(body), send)
                )
            INTAKE_DECLARATIONS.labels("acknowledged").inc(len(prepared))
        return Accepted(
            declarations=[
                Receipt(id=message.id, partition=at.partition, offset=at.offset)
                for message, at in zip(prepared, acknowledged, strict=True)
            ]
        )


def _authorisation(settings: Settings) -> Callable[..., Awaitable[None]]:
    """Returns a dependency that notes whose token a request has; raises UnauthorisedError."""
    clients = Clients({"intake": settings.intake_token})

    async def authorised(
        request: Request,
        given: Annotated[
            HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))
        ],
    ) -> None:
        # Starlette reads headers as Latin-1; this gives the bytes that came.
        presented = given.credentials.encode("latin-1") if given else b""
        request.state.client = clients.who(presented)

    return authorised


def _add_health(app: FastAPI, producer: DeclarationProducer) -> None:
    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """Answers as long as the process runs."""
        return {"status": "live"}

    @app.get("/health/ready", response_model=None)
    async def ready() -> dict[str, str] | JSONResponse:
        """Returns whether Kafka answers, so that declarations can be taken."""
        if await producer.reachable():
            return {"status": "ready"}
        return JSONResponse({"status": "no broker answers"}, 503)


def _add_refusals(app: FastAPI) -> None:
    def answer(status: int, found: list[Refusal], **headers: str) -> JSONResponse:
        listed = [
            {"field": each.field, "value": each.value, "remedy": each.remedy} for each in found
        ]
        return JSONResponse({"errors": listed}, status, headers or None)

    @app.exception_handler(RefusedError)
    async def refused(_: Request, error: RefusedError) -> JSONResponse:
        INTAKE_DECLARATIONS.labels("refused").inc()
        return answer(422, error.refusals)

    @app.exception_handler(ConflictError)
    async def conflict(_: Request, error: ConflictError) -> JSONResponse:
        return answer(422, [refusal_of(error)])

    @app.exception_handler(BodyTooLargeError)
    async def too_large(_: Request, __: BodyTooLargeError) -> JSONResponse:
        return answer(413, [Refusal("body", "", "too large; send fewer events in one request")])

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> Response:
        # Nobody reads it. Without this each client that goes away would be logged as an error.
        return Response(status_code=400)

    @app.exception_handler(TimeoutError)
    async def too_slow(_: Request, __: TimeoutError) -> JSONResponse:
        return answer(408, [Refusal("body", "", "came too slowly; send it again")])

    @app.exception_handler(UnauthorisedError)
    async def unauthorised(_: Request, __: UnauthorisedError) -> JSONResponse:
        remedy = "send the token of this intake as `Authorization: Bearer …`"
        return answer(401, [Refusal("Authorization", "", remedy)], **{"WWW-Authenticate": "Bearer"})

    @app.exception_handler(KafkaUnavailableError)
    async def unavailable(_: Request, error: KafkaUnavailableError) -> JSONResponse:
        INTAKE_DECLARATIONS.labels("failed").inc()
        refusal = Refusal("Kafka", "", str(error))
        return answer(503, [refusal], **{"Retry-After": str(RETRY_AFTER_S)})
