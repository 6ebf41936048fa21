"""`POST /v1/declarations`: 202 means that Kafka has it."""

from __future__ import annotations

import asyncio
import hmac
from datetime import datetime
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import ValidationError

from schemas.envelope import content_id, message_type
from schemas.refusal import Refusal, refusal_of, refusals
from services.intake.body import BodyTooLargeError, RefusedError, parse, read_body
from services.intake.idempotency import ConflictError, Receipts
from services.intake.message import SOURCE, Message, TooLargeError, prepare
from services.intake.mode import ModeError
from services.intake.openapi import RESPONSES, Accepted, Receipt, describe
from services.intake.producer import DeclarationProducer, NotAcknowledgedError
from services.platform.metrics import INTAKE_ACKNOWLEDGED_SECONDS, INTAKE_DECLARATIONS
from services.platform.settings import Settings

RETRY_AFTER_S = 5
"""What a client is told to wait when Kafka does not answer: about one election of a leader."""

BODIES_MAX = 16
"""Bodies held at once, 128 MiB at most; further requests wait. Read only after the token."""


class UnauthorisedError(Exception):
    """A request came without the token."""


def create_app(settings: Settings, producer: DeclarationProducer) -> FastAPI:
    """Returns intake's HTTP service over a started producer."""
    # FastAPI's pages of documentation load scripts from another host, so they are off.
    app = FastAPI(title="livecount intake", version="1", docs_url=None, redoc_url=None)
    _add_refusals(app)
    _add_health(app, producer)
    _add_declarations(app, settings, producer)
    describe(app)
    return app


def _add_declarations(app: FastAPI, settings: Settings, producer: DeclarationProducer) -> None:
    receipts = Receipts()
    bodies = asyncio.Semaphore(BODIES_MAX)
    token = settings.intake_token.get_secret_value()

    async def authorised(
        given: Annotated[
            HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))
        ],
    ) -> None:
        presented = given.credentials if given else ""
        # Compared in constant time, so that answers do not tell how much was right.
        if token and not hmac.compare_digest(presented.encode(), token.encode()):
            raise UnauthorisedError

    @app.post(
        "/v1/declarations",
        status_code=202,
        dependencies=[Depends(authorised)],
        responses=RESPONSES,
    )
    async def declare(request: Request) -> Accepted:
        """Takes one event, an array of events, or JSON lines; all are counted or none.

        Answers only after every in-sync replica of Kafka has all of them.
        """
        async with bodies:
            body = await read_body(request)
            messages = _messages(body, request, settings.namespace)
            key = _client_id(request)
            with INTAKE_ACKNOWLEDGED_SECONDS.time():
                stands = await (
                    producer.send_all(messages)
                    if key is None
                    else receipts.once(key, content_id(body), lambda: producer.send_all(messages))
                )
            INTAKE_DECLARATIONS.labels("acknowledged").inc(len(messages))
        return Accepted(
            declarations=[
                Receipt(id=message.id, partition=at.partition, offset=at.offset)
                for message, at in zip(messages, stands, strict=True)
            ]
        )


def _messages(body: bytes, request: Request, namespace: str) -> list[Message]:
    """Returns the messages of a request; raises RefusedError for anything wrong in it."""
    events = parse(body, request.headers.get("content-type", ""))
    given = _client_id(request)
    time = _time(request)
    source = unquote(request.headers.get("ce-source", SOURCE))
    claimed = request.headers.get("ce-type")
    faults: list[Refusal] = []
    messages: list[Message] = []
    for place, event in enumerate(events, 1):
        prefix = f"[{place - 1}]." if len(events) > 1 else ""
        identifier = given if given is None or len(events) == 1 else f"{given}/{place}"
        if claimed is not None and claimed != message_type(event.type):
            faults.append(Refusal("ce-type", repr(claimed), f"send {message_type(event.type)}"))
        try:
            messages.append(prepare(event, namespace, id=identifier, time=time, source=source))
        except ValidationError as error:
            faults += [
                Refusal(f"ce-{each.field}", each.value, each.remedy) for each in refusals(error)
            ]
        except (ModeError, TooLargeError) as error:
            refusal = refusal_of(error)
            faults.append(Refusal(prefix + refusal.field, refusal.value, refusal.remedy))
    if faults:
        raise RefusedError(faults)
    return messages


def _client_id(request: Request) -> str | None:
    """Returns the id that the client chose, from `Idempotency-Key` or CloudEvents' `ce-id`."""
    key = request.headers.get("idempotency-key")
    event_id = request.headers.get("ce-id")
    if key is not None and event_id is not None and key != event_id:
        raise RefusedError([Refusal("ce-id", repr(event_id), f"send the Idempotency-Key {key!r}")])
    # CloudEvents' HTTP binding, section 3.1.3.2, percent-encodes header values.
    return key if event_id is None else unquote(event_id)


def _time(request: Request) -> datetime | None:
    given = request.headers.get("ce-time")
    try:
        time = datetime.fromisoformat(given) if given else None
    except ValueError:
        time = None
    if given and (time is None or time.tzinfo is None):
        refusal = Refusal("ce-time", repr(given), "send a time such as 2014-05-23T05:10:00+01:00")
        raise RefusedError([refusal])
    return time


def _add_health(app: FastAPI, producer: DeclarationProducer) -> None:
    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """Tells that the process answers."""
        return {"status": "live"}

    @app.get("/health/ready", response_model=None)
    async def ready() -> dict[str, str] | JSONResponse:
        """Tells whether Kafka answers, and so whether declarations can be taken now."""
        if await producer.reachable():
            return {"status": "ready"}
        return JSONResponse({"status": "no broker answers"}, 503)


def _add_refusals(app: FastAPI) -> None:
    def answer(status: int, faults: list[Refusal], **headers: str) -> JSONResponse:
        listed = [
            {"field": each.field, "value": each.value, "remedy": each.remedy} for each in faults
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

    @app.exception_handler(TimeoutError)
    async def too_slow(_: Request, __: TimeoutError) -> JSONResponse:
        return answer(408, [Refusal("body", "", "came too slowly; send it again")])

    @app.exception_handler(UnauthorisedError)
    async def unauthorised(_: Request, __: UnauthorisedError) -> JSONResponse:
        remedy = "send the token of this intake as `Authorization: Bearer …`"
        return answer(401, [Refusal("Authorization", "", remedy)], **{"WWW-Authenticate": "Bearer"})

    @app.exception_handler(NotAcknowledgedError)
    async def unavailable(_: Request, error: NotAcknowledgedError) -> JSONResponse:
        INTAKE_DECLARATIONS.labels("failed").inc()
        refusal = Refusal("Kafka", "", str(error))
        return answer(503, [refusal], **{"Retry-After": str(RETRY_AFTER_S)})
