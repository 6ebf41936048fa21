"""`POST /v1/declarations`. The answer 202 means that Kafka has all events of the request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers

from readers.party_register import PartyRegister
from schemas.envelope import content_id
from schemas.refusal import Refusal, shorten
from services.access.holder import ANYONE, Holder
from services.access.permission import ForbiddenError, check_is_for_intake
from services.access.rates import Rates
from services.access.watched_keys import WatchedKeys
from services.following.followed_councils import FollowedCouncils
from services.intake.bodies import Bodies
from services.intake.body import read_body
from services.intake.checker import Checked, Checker
from services.intake.idempotency import Receipts
from services.intake.message import Message
from services.intake.openapi import LIVE, READY, RESPONSES, Accepted, Receipt, describe
from services.intake.parties import load_register
from services.intake.producer import Acknowledgement, DeclarationProducer
from services.intake.refusing import add_refusals
from services.intake.request import client_id, messages
from services.intake.request_audit import Clock, RequestAudit
from services.intake.traced import posted, traced
from services.platform.clock import uk_now
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import INTAKE_ACKNOWLEDGED_SECONDS, INTAKE_DECLARATIONS
from services.platform.settings import Settings

PLACES_MAX = 16
"""Requests whose events are parsed or sent at the same time, at most 128 MiB; others wait.

A place is taken only once the whole body has come, so that slow clients take none.
"""

PARSED_HERE_MAX_BYTES = 65_536
"""A body of this size is parsed in a millisecond. A larger one is parsed beside the event loop,
which goes on between two of its events."""

LOG_CLIENT_ID = "livecount-intake-log"
"""The name under which intake reads the log."""

NO_PAGES = (
    "sent by a web page, from which nothing is taken without a key; set LIVECOUNT_KEYS_FILE, or"
    " declare with a client that is no page"
)

PARSERS_MAX = 2
"""Threads that parse large bodies: more would only wait for each other."""


def create_app(  # noqa: PLR0913 -- each is a part of the service
    settings: Settings,
    producer: DeclarationProducer,
    clock: Clock = uk_now,
    *,
    keys: WatchedKeys | None = None,
    audit: RequestAudit | None = None,
    followed: FollowedCouncils | None = None,
) -> FastAPI:
    """Returns intake's HTTP application, which sends through a started producer.

    The clock says which polls are near. `keys` are by default those of the settings, as they are
    now, and without `audit` none is kept. `followed` are the councils that declarations are checked
    beside; without them none is checked. Raises UnusableFilesError if the file of parties that is
    set has a fault, and KeysError if that of keys has one.
    """
    keys = keys or WatchedKeys(settings.keys_file, settings.intake_token)
    audit = audit or RequestAudit(None, clock)
    app = _bare_app(audit)
    add_refusals(app, audit)
    _add_health(app, producer, keys)
    register = load_register(settings)
    checker = Checker(followed or FollowedCouncils(settings, client_id=LOG_CLIENT_ID), register)
    messages_of = _reader(settings, clock, register)
    _add_declarations(app, producer, messages_of, checker, keys=keys, audit=audit)
    describe(app)
    return app


def _bare_app(audit: RequestAudit) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        # Here, because a signal ends the process as soon as the server has stopped.
        await audit.finish()

    # FastAPI's documentation pages load scripts from another host, so they are switched off.
    return FastAPI(
        title="livecount intake", version="1", docs_url=None, redoc_url=None, lifespan=lifespan
    )


def _add_declarations(  # noqa: PLR0913 -- each is a part of the service
    app: FastAPI,
    producer: DeclarationProducer,
    messages_of: Callable[[bytes, Headers, Holder], Awaitable[list[Message]]],
    checker: Checker,
    *,
    keys: WatchedKeys,
    audit: RequestAudit,
) -> None:
    receipts = Receipts()
    sender = _Sender(producer)
    bodies = Bodies()
    places = asyncio.Semaphore(PLACES_MAX)

    @app.post(
        "/v1/declarations",
        status_code=202,
        response_description="Every in-sync replica of Kafka has all of them.",
        dependencies=[Depends(_authorisation(keys))],
        responses=RESPONSES,
    )
    async def declare(request: Request) -> Accepted:
        """Takes one event, an array of events, or JSON lines; all are counted or none.

        Answers only after every in-sync replica of Kafka has all of them, and says what speaks
        against each beside its council as it was before.
        """
        holder: Holder = request.state.holder
        with posted(request.headers, holder) as span:
            async with read_body(request, bodies) as body, places:
                prepared = traced(await messages_of(body, request.headers, holder), span)
                request.state.messages = prepared
                key = client_id(request.headers)
                send = partial(sender.send, holder, prepared)
                with INTAKE_ACKNOWLEDGED_SECONDS.time():
                    acknowledged, checked = await checker.beside(
                        prepared,
                        send()
                        if key is None
                        else receipts.once(holder.id, key, content_id(body), send),
                    )
            INTAKE_DECLARATIONS.labels("acknowledged").inc(len(prepared))
            audit.declared(request, prepared, acknowledged)
        return Accepted(declarations=list(map(_receipt, prepared, acknowledged, checked)))


def _receipt(message: Message, at: Acknowledgement, checked: Checked) -> Receipt:
    return Receipt(
        id=message.id,
        partition=at.partition,
        offset=at.offset,
        warnings=list(checked.warnings),
        checked=checked.is_checked,
    )


class _Sender:
    """Sends what keys may send, and no faster than they may."""

    def __init__(self, producer: DeclarationProducer) -> None:
        self._producer = producer
        self._rates = Rates(time.monotonic)

    async def send(self, holder: Holder, prepared: list[Message]) -> list[Acknowledgement]:
        """Returns the position of each message. Raises OverRateError and KafkaUnavailableError."""
        self._rates.take(holder, len(prepared))
        try:
            return await self._producer.send_all(prepared)
        except KafkaUnavailableError:
            self._rates.give_back(holder, len(prepared))
            raise


def _reader(
    settings: Settings, clock: Clock, register: PartyRegister
) -> Callable[[bytes, Headers, Holder], Awaitable[list[Message]]]:
    """Returns a function that makes a request's body into messages; it raises as `messages`."""
    parsers = ThreadPoolExecutor(PARSERS_MAX, thread_name_prefix="parser")

    async def messages_of(body: bytes, headers: Headers, holder: Holder) -> list[Message]:
        today = clock().date()
        found = partial(messages, body, headers, settings.namespace, today, register, holder=holder)
        if len(body) <= PARSED_HERE_MAX_BYTES:
            return found()
        return await asyncio.get_running_loop().run_in_executor(parsers, found)

    return messages_of


def _authorisation(keys: WatchedKeys) -> Callable[..., Awaitable[None]]:
    """Returns a dependency that notes whose key a request has.

    It raises UnauthorisedError; and ForbiddenError if the key is for people at entry, and for what
    a web page sends where no key is asked for: any page that somebody on this machine opens could
    declare.
    """

    async def authorised(
        request: Request,
        given: Annotated[
            HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))
        ],
    ) -> None:
        # Starlette reads headers as Latin-1; this gives the bytes that came.
        presented = given.credentials.encode("latin-1") if given else b""
        request.state.holder = keys.ring.who(presented)
        check_is_for_intake(request.state.holder)
        # Browsers state it with each POST of a page, and other clients never do.
        origin = request.headers.get("origin")
        if request.state.holder is ANYONE and origin is not None:
            raise ForbiddenError([Refusal("Origin", shorten(origin), NO_PAGES)], [])

    return authorised


def _add_health(app: FastAPI, producer: DeclarationProducer, keys: WatchedKeys) -> None:
    @app.get("/health/live", response_model=None, responses=LIVE)
    async def live() -> dict[str, str]:
        """Answers as long as the process runs."""
        return {"status": "live"}

    @app.get("/health/ready", response_model=None, responses=READY)
    async def ready() -> dict[str, str] | JSONResponse:
        """Returns whether Kafka answers, so that declarations can be taken.

        Faults in the file of keys are named beside it: what is valid still holds.
        """
        if await producer.reachable():
            return {"status": "ready"} | ({"remark": keys.remark} if keys.remark else {})
        return JSONResponse({"status": "no broker answers"}, 503)
