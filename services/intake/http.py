"""`POST /v1/declarations`. The answer 202 means that Kafka has all events of the request."""

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
from services.intake.openapi import RESPONSES, Accepted, Receipt, describe
from services.intake.producer import DeclarationProducer
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import INTAKE_ACKNOWLEDGED_SECONDS, INTAKE_DECLARATIONS
from services.platform.mode import ModeError
from services.platform.settings import Settings

RETRY_AFTER_S = 5
"""How long a client should wait if Kafka does not answer: about as long as a new leader takes."""

BODIES_MAX = 16
"""Bodies held at the same time, at most 128 MiB; further requests wait.

A body is read only after its token was checked.
"""


class UnauthorisedError(Exception):
    """A request has no token, or a wrong one."""


def create_app(settings: Settings, producer: DeclarationProducer) -> FastAPI:
    """Returns intake's HTTP application, which sends through a started producer."""
    # FastAPI's documentation pages load scripts from another host, so they are switched off.
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
        # Compared in constant time, so that the response time does not reveal how much was right.
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
                places = await (
                    producer.send_all(messages)
                    if key is None
                    else receipts.once(key, content_id(body), lambda: producer.send_all(messages))
                )
            INTAKE_DECLARATIONS.labels("acknowledged").inc(len(messages))
        return Accepted(
            declarations=[
                Receipt(id=message.id, partition=at.partition, offset=at.offset)
                for message, at in zip(messages, places, strict=True)
            ]
        )


def _messages(body: bytes, request: Request, namespace: str) -> list[Message]:
    """Returns the messages of a request; raises RefusedError if anything in it is wrong."""
    events = parse(body, request.headers.get("content-type", ""))
    given = _client_id(request)
    time = _time(request)
    source = unquote(request.headers.get("ce-source", SOURCE))
    stated_type = request.headers.get("ce-type")
    found: list[Refusal] = []
    messages: list[Message] = []
    for number, event in enumerate(events, 1):
        prefix = f"[{number - 1}]." if len(events) > 1 else ""
        identifier = given if given is None or len(events) == 1 else f"{given}/{number}"
        if stated_type is not None and stated_type != message_type(event.type):
            found.append(Refusal("ce-type", repr(stated_type), f"send {message_type(event.type)}"))
        try:
            messages.append(prepare(event, namespace, id=identifier, time=time, source=source))
        except ValidationError as error:
            found += [
                Refusal(f"ce-{each.field}", each.value, each.remedy) for each in refusals(error)
            ]
        except (ModeError, TooLargeError) as error:
            refusal = refusal_of(error)
            found.append(Refusal(prefix + refusal.field, refusal.value, refusal.remedy))
    if found:
        raise RefusedError(found)
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
