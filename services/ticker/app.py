"""The ticker as a web application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from redis.asyncio import Redis
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Lifespan

from services.pages.headers import setting
from services.pages.unforeseen import Unforeseen
from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.response_headers import ResponseHeaders
from services.platform.settings import Settings
from services.ticker.broadcast.subscribers import CLIENTS_MAX, Subscribers
from services.ticker.compression import compressing
from services.ticker.desk.view import DeskView
from services.ticker.desk.ward_rows import WardRows
from services.ticker.drafts.templates_in_use import usable_templates
from services.ticker.feed.followers import Followers
from services.ticker.feed.log_heads import LogHeads
from services.ticker.feed.store import ReadOnlyStore
from services.ticker.feed.summaries import Summaries
from services.ticker.finding.finder import Finder
from services.ticker.finding.postcodes import read_postcodes
from services.ticker.middleware import Head, headers_of
from services.ticker.openapi import DESCRIPTION, LICENCE, TAGS, DescribedApp
from services.ticker.pages.past_pages import PastPages
from services.ticker.pages.render import render
from services.ticker.preflight import Preflight
from services.ticker.routers import DATA, PAGES
from services.ticker.routes.context import AppContext, context_of
from services.ticker.routes.errors import error_response, failed, refusal
from services.ticker.tasks import stop_tasks


def create_app(settings: Settings, *, clients_max: int = CLIENTS_MAX) -> FastAPI:
    """Returns the application, which reads the settings' Redis and writes nothing.

    If the settings have a desk token it reads Kafka as well, for the desk page only. Raises
    PostcodesError if they name a table of postcodes that cannot be used.
    """
    postcodes = read_postcodes(settings.postcodes_file) if settings.postcodes_file else None
    redis = connect(settings)
    keys = Keys(settings.namespace)
    store, log_heads = ReadOnlyStore(redis, keys), LogHeads(redis, keys)
    subscribers = Subscribers(clients_max)
    followers = Followers(store, subscribers, render)
    desk_view = _desk_view(settings, redis, subscribers)
    lasting = [subscribers.keep_alive, followers.tend, log_heads.follow]
    if desk_view is not None:
        lasting.append(desk_view.follow)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks: list[asyncio.Task[None]] = []
        # Within the `try`, because a start that fails must end what it has begun, too: a task that
        # is only cancelled once may lose that and run for ever.
        try:
            await followers.preload()
            # The first page has them as well as the next, and so the same ETag.
            await log_heads.refresh()
            tasks += [asyncio.create_task(each()) for each in lasting]
            yield
        finally:
            await stop_tasks(tasks)
            await followers.stop()
            await redis.aclose()

    app = _application(settings, lifespan)
    app.state.context = AppContext(
        store,
        log_heads,
        subscribers,
        followers,
        Summaries(store, followers),
        PastPages(),
        desk_view,
        settings.public_url,
        Finder(postcodes),
        settings.corrections_contact,
        usable_templates(settings.drafts_dir),
        settings.newsroom,
        push_url=settings.push_url,
    )
    return app


def _desk_view(settings: Settings, redis: Redis, subscribers: Subscribers) -> DeskView | None:
    if not settings.desk_token:
        return None
    rows = WardRows(redis, Keys(settings.namespace))
    return DeskView(settings, settings.desk_token, subscribers, rows, lambda: datetime.now(UTC))


def _application(settings: Settings, lifespan: Lifespan[FastAPI]) -> FastAPI:
    """Returns an application with every route, and with what applies to all of them."""
    app = DescribedApp(
        title="livecount",
        summary="UK council election counts, live.",
        description=DESCRIPTION,
        version=version("livecount"),
        openapi_url="/v1/openapi.json",
        openapi_tags=TAGS,
        servers=[{"url": settings.public_url or "/"}],
        contact={"name": settings.newsroom or "whoever runs this ticker"},
        license_info=LICENCE,
        # FastAPI's documentation pages would load scripts from another host; ours is `/v1/docs`.
        docs_url=None,
        redoc_url=None,
        # Its redirects would repeat the host that a request names; `error_response` has our own.
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.add_exception_handler(HTTPException, error_response)
    app.add_exception_handler(RequestValidationError, refusal)
    app.add_middleware(Unforeseen, answer=failed)
    app.add_middleware(compressing)
    app.add_middleware(Preflight)
    app.add_middleware(
        ResponseHeaders, change=setting(partial(headers_of, push_url=settings.push_url))
    )
    app.add_middleware(Head)
    for router in (*DATA, *PAGES):
        app.include_router(router)
    app.add_api_route("/health/live", live, include_in_schema=False)
    app.add_api_route("/health/ready", ready, include_in_schema=False)
    return app


async def live() -> Response:
    """Answers 200 as long as the process serves requests."""
    return PlainTextResponse("ok")


async def ready(request: Request) -> Response:
    """Answers 200 if Redis can be reached, else 503.

    That all streams are taken is said, and no reason for another status: pages are served still.
    If all connections are taken, the server answers 503 by itself.
    """
    context = context_of(request)
    await context.elections()
    return PlainTextResponse("; ".join(filter(None, ("ok", context.subscribers.remark()))))
