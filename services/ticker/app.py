"""The ticker as a web application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.settings import Settings
from services.ticker.broadcast.subscribers import CLIENTS_MAX, Subscribers
from services.ticker.desk.view import DeskView
from services.ticker.feed.follower import RenderingError
from services.ticker.feed.followers import Followers
from services.ticker.feed.store import ReadOnlyStore
from services.ticker.middleware import Head, SecurityHeaders
from services.ticker.pages.render import render
from services.ticker.routes import api, desk, embeds, pages, stream
from services.ticker.routes.context import AppContext, context_of
from services.ticker.routes.errors import error_response, rendering_error_response
from services.ticker.tasks import stop_tasks

GZIP_FROM_BYTES: Final = 1_024
"""Compressing a smaller response saves less than one network packet."""


def create_app(settings: Settings, *, clients_max: int = CLIENTS_MAX) -> FastAPI:
    """Returns the application, which reads the settings' Redis and writes nothing.

    If the settings have a desk token it reads Kafka as well, for the desk page only.
    """
    redis = connect(settings)
    store = ReadOnlyStore(redis, Keys(settings.namespace))
    subscribers = Subscribers(clients_max)
    followers = Followers(store, subscribers, render)
    token = settings.desk_token
    desk_view = DeskView(settings, token, subscribers, lambda: datetime.now(UTC)) if token else None

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(subscribers.keep_alive())]
        if desk_view is not None:
            tasks.append(asyncio.create_task(desk_view.follow()))
        try:
            # Whatever fails before the first request must not leave tasks behind, or the process
            # would neither serve nor end.
            await followers.preload()
            yield
        finally:
            await stop_tasks(tasks)
            await followers.stop()
            await redis.aclose()

    app = FastAPI(
        title="livecount",
        summary="UK council election counts, live.",
        version=version("livecount"),
        openapi_url="/v1/openapi.json",
        # FastAPI's documentation pages would load scripts from another host.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        # The address of a redirect would be made from what the request says of its host.
        redirect_slashes=False,
    )
    app.add_exception_handler(HTTPException, error_response)
    app.add_exception_handler(RenderingError, rendering_error_response)
    app.state.context = AppContext(store, subscribers, followers, desk_view, public_url(settings))
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM_BYTES, compresslevel=5)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Head)
    for router in (api.router, stream.router, pages.router, desk.router, embeds.router):
        app.include_router(router)
    app.add_api_route("/health/live", live, include_in_schema=False)
    app.add_api_route("/health/ready", ready, include_in_schema=False)
    return app


def public_url(settings: Settings) -> str:
    """Returns where readers reach the ticker: as set, else where it listens."""
    listens = f"http://{settings.ticker_host}:{settings.ticker_port}"
    return (settings.public_url or listens).rstrip("/")


async def live() -> Response:
    """Answers 200 as long as the process serves requests."""
    return PlainTextResponse("ok")


async def ready(request: Request) -> Response:
    """Answers 200 if Redis can be reached, else 503."""
    await context_of(request).elections()
    return PlainTextResponse("ok")
