"""The HTTP routes of push: the public key, subscribing, what one follows, and ending it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from math import ceil
from typing import Any, Final, TypeVar

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse, Response

from schemas.base import Model
from services.platform.addresses import client_of
from services.platform.errors import KafkaUnavailableError
from services.platform.health import Health
from services.platform.metrics import PUSH_REQUESTS
from services.push.hourly import Hourly
from services.push.openapi import ANSWERS, body_of, describe
from services.push.register import RefusedError, Register
from services.push.requests import (
    BODY_MAX_BYTES,
    Followed,
    Key,
    Mine,
    Renew,
    Subscribe,
    Unsubscribe,
)

KEY_FRESH_FOR_S: Final = 300
"""How long a browser may keep the public key: a new pair is a rare event, and is made by day."""

PREFLIGHT_FRESH_FOR_S: Final = 86_400
"""How long a browser may keep that pages of the ticker may ask: a day."""

FULL_RETRY_S: Final = 3_600
"""When a browser may try again for which there is no room."""

KAFKA_RETRY_S: Final = 5
"""When a browser may try again while Kafka is away."""

_Body = TypeVar("_Body", bound=Model)
_Answer = Callable[[], Awaitable[Model]]


class _Routes:
    """What the routes share. `pages` are the origins of the pages that may ask."""

    def __init__(self, register: Register, key: str, pages: frozenset[str], hourly: Hourly) -> None:
        self._register = register
        self._key = Key(key=key, rehearsal=register.is_rehearsal)
        self._pages = pages
        self._hourly = hourly

    async def key(self) -> Response:
        """Returns the public key, with which a page asks the browser to subscribe."""
        headers = {"Cache-Control": f"public, max-age={KEY_FRESH_FOR_S}"}
        return JSONResponse(self._key.model_dump(), headers=headers)

    async def subscribe(self, request: Request) -> Response:
        """Has a browser follow a council, a ward or an election, besides what it follows."""

        async def answer() -> Model:
            asked = await _body(request, Subscribe)
            self._take_turn(request)
            return Followed(following=await self._register.subscribe(asked))

        return await self._answered(request, answer)

    async def following(self, request: Request) -> Response:
        """Returns what a browser follows."""

        async def answer() -> Model:
            return Followed(following=await self._register.following(await _body(request, Mine)))

        return await self._answered(request, answer)

    async def unsubscribe(self, request: Request) -> Response:
        """Ends following something, or everything, and returns what is left."""

        async def answer() -> Model:
            asked = await _body(request, Unsubscribe)
            return Followed(following=await self._register.unsubscribe(asked, asked.about))

        return await self._answered(request, answer)

    async def renew(self, request: Request) -> Response:
        """Has a browser's new subscription follow what its old one did, which it ends."""

        async def answer() -> Model:
            asked = await _body(request, Renew)
            self._take_turn(request)
            return Followed(following=await self._register.renew(asked))

        return await self._answered(request, answer)

    def _take_turn(self, request: Request) -> None:
        wait_s = self._hourly.take(client_of(request.client.host if request.client else ""))
        if wait_s:
            raise TooManyError(ceil(wait_s))

    async def _answered(self, request: Request, answer: _Answer) -> Response:
        origin = request.headers.get("origin")
        if origin is not None and origin not in self._pages:
            PUSH_REQUESTS.labels("refused").inc()
            return _refusal(HTTPStatus.FORBIDDEN, "origin: not a page of this newsroom")
        try:
            given = await answer()
        except TooManyError as error:
            PUSH_REQUESTS.labels("slowed").inc()
            return _refusal(HTTPStatus.TOO_MANY_REQUESTS, str(error), error.wait_s)
        except BodyError as error:
            PUSH_REQUESTS.labels("refused").inc()
            return _refusal(error.status, str(error))
        except RefusedError as error:
            PUSH_REQUESTS.labels(error.outcome).inc()
            wait_s = FULL_RETRY_S if error.outcome == "full" else None
            return _refusal(error.status, str(error), wait_s)
        except KafkaUnavailableError:
            PUSH_REQUESTS.labels("failed").inc()
            return _refusal(
                HTTPStatus.SERVICE_UNAVAILABLE, "not kept; try again in a moment", KAFKA_RETRY_S
            )
        PUSH_REQUESTS.labels("taken").inc()
        return JSONResponse(given.model_dump(mode="json"), headers={"Cache-Control": "no-store"})


class TooManyError(Exception):
    """An address has asked too often; after `wait_s` seconds it may again."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"too many from this address; try again in {wait_s} seconds")
        self.wait_s = wait_s


class BodyError(Exception):
    """A body that cannot be used; the message says which field, and not what was in it."""

    def __init__(self, message: str, status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> None:
        super().__init__(message)
        self.status = status


def create_app(
    register: Register,
    health: Health,
    *,
    key: str,
    pages: frozenset[str],
    hourly: Hourly,
) -> FastAPI:
    """Returns the application. `key` is the public one, `pages` are the origins that may ask."""
    app = FastAPI(
        title="livecount push",
        summary="Notifications for readers of a council election count.",
        version="1",
        openapi_url="/v1/push/openapi.json",
        # FastAPI's documentation pages would load scripts from another host.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origins=sorted(pages),
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type"],
        expose_headers=["Retry-After"],
        max_age=PREFLIGHT_FRESH_FOR_S,
    )
    app.include_router(_router(_Routes(register, key, pages, hourly)))
    _add_health(app, health)
    describe(app)
    return app


def _router(routes: _Routes) -> APIRouter:
    router = APIRouter(prefix="/v1/push", tags=["push"])
    router.add_api_route("/key", routes.key, responses={200: {"model": Key}})
    for name, of_route, model in (
        ("subscribe", routes.subscribe, Subscribe),
        ("following", routes.following, Mine),
        ("unsubscribe", routes.unsubscribe, Unsubscribe),
        ("renew", routes.renew, Renew),
    ):
        router.add_api_route(
            f"/{name}",
            of_route,
            methods=["POST"],
            responses=ANSWERS,
            openapi_extra=body_of(model),
        )
    return router


def _add_health(app: FastAPI, health: Health) -> None:
    async def live() -> Response:
        """Answers 200 as long as the process makes progress."""
        return _health(health.live_fault())

    async def ready() -> Response:
        """Answers 200 if alerts are read and subscriptions can be kept, else 503 and why."""
        return _health(health.ready_fault())

    app.add_api_route("/health/live", live, include_in_schema=False)
    app.add_api_route("/health/ready", ready, include_in_schema=False)


def _health(fault: str) -> Response:
    status = HTTPStatus.SERVICE_UNAVAILABLE if fault else HTTPStatus.OK
    return PlainTextResponse(fault or "ok", status, headers={"Cache-Control": "no-store"})


async def _body(request: Request, model: type[_Body]) -> _Body:
    """Returns the body of a request. Raises BodyError if it is too large, or is not that."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > BODY_MAX_BYTES:
            raise BodyError(
                f"body: more than {BODY_MAX_BYTES} bytes", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            )
    try:
        return model.model_validate_json(bytes(content))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in fault["loc"]) or "body"
        raise BodyError(f"{where}: {fault['msg']}") from None


def _refusal(status: int, detail: str, retry_after_s: int | None = None) -> Response:
    headers: dict[str, Any] = {"Cache-Control": "no-store"}
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    return JSONResponse({"detail": detail}, status, headers=headers)
