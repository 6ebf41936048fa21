"""The ticker as a web application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib.metadata import version

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.settings import Settings
from services.ticker.broadcast.subscribers import CLIENTS_MAX, Audience
from services.ticker.desk.view import Newsdesk
from services.ticker.feed.followers import Coverage
from services.ticker.feed.store import Store
from services.ticker.head import Head
from services.ticker.middleware import SecurityHeaders
from services.ticker.pages.render import render
from services.ticker.routes import api, embeds, pages, stream
from services.ticker.routes import desk as desk_page
from services.ticker.routes.context import Desk, desk_of
from services.ticker.routes.errors import refuse
from services.ticker.tasks import stop_tasks

GZIP_FROM_BYTES = 1_024
"""Below this, packing saves less than a network packet."""


def create_app(settings: Settings, *, clients_max: int = CLIENTS_MAX) -> FastAPI:
    """Returns the application. It writes nowhere, and reads the settings' Redis.

    With a desk token it reads Kafka as well, for the desk page alone.
    """
    redis = connect(settings)
    store = Store(redis, Keys(settings.namespace))
    audience = Audience(clients_max)
    coverage = Coverage(store, audience, render)
    token = settings.desk_token
    newsdesk = Newsdesk(settings, token, audience, lambda: datetime.now(UTC)) if token else None

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await coverage.begin()
        tasks = [asyncio.create_task(audience.keep_alive())]
        if newsdesk is not None:
            tasks.append(asyncio.create_task(newsdesk.follow()))
        try:
            yield
        finally:
            await stop_tasks(tasks)
            await coverage.stop()
            await redis.aclose()

    app = FastAPI(
        title="livecount",
        summary="UK council election counts, live.",
        version=version("livecount"),
        openapi_url="/v1/openapi.json",
        # The documentation pages would load scripts from another host.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.add_exception_handler(HTTPException, refuse)
    app.state.desk = Desk(store, audience, coverage, newsdesk)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM_BYTES, compresslevel=5)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Head)
    for router in (api.router, stream.router, pages.router, desk_page.router, embeds.router):
        app.include_router(router)
    app.add_api_route("/health/live", live, include_in_schema=False)
    app.add_api_route("/health/ready", ready, include_in_schema=False)
    return app


async def live() -> Response:
    """Answers 200 while the process serves at all."""
    return PlainTextResponse("ok")


async def ready(request: Request) -> Response:
    """Answers 200 while Redis answers, else 503 by way of the desk."""
    await desk_of(request).elections()
    return PlainTextResponse("ok")
