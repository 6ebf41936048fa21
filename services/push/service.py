"""Push: takes readers' subscriptions, and tells their browsers what is called.

1. Read who is subscribed, what the desk holds back, and how far alerts were told.
2. Hand each alert to the browsers that want it, and go on; each push service has a lane.
3. Commit up to the first alert that a browser still waits for.

A crash between 2 and 3 sends the same message again, under the same tag: it replaces itself on the
reader's screen without a sound.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import structlog
import uvloop
from fastapi import FastAPI

from services.notifier.holding.follower import HoldsFollower
from services.notifier.holding.holds import Holds
from services.platform.connections import ConnectionLimits
from services.platform.errors import KafkaUnavailableError
from services.platform.health import Health, health_endpoint
from services.platform.http_server import HttpConfig, HttpServer
from services.platform.mode import namespace_mode
from services.platform.push_services import PushServices
from services.platform.settings import Settings
from services.platform.tracing import tracing
from services.push.hourly import Hourly
from services.push.http import create_app
from services.push.outbox import Outbox
from services.push.reader import Reader
from services.push.register import Register
from services.push.sender import Sender
from services.push.subscription_log import SubscriptionLog
from services.push.teller import Teller
from services.push.vapid import Vapid

CONNECTIONS: Final = ConnectionLimits(total_max=4_096, per_client_max=512)
"""A page asks two or three times and is done. Behind one address there may be a company."""

SHUTDOWN_TIMEOUT_S: Final = 12
"""How long open requests may take at shutdown: longer than Kafka may take to acknowledge."""

FINISH_TIMEOUT_S: Final = 10.0
"""How long requests to push services that are under way may take at shutdown. What is not answered
by then is sent again after the next start."""

STALL_TIMEOUT_S: Final = 90.0
"""A reader of alerts without a sign of life for so long is stuck."""

CLEAN_INTERVAL_S: Final = 3_600.0
"""How often it is looked for subscriptions of which nothing was heard for too long."""

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")

log = structlog.get_logger(__name__)


class UnusableSettingsError(ValueError):
    """Push cannot start with these settings; the message names one and says what helps."""


def pages_of(settings: Settings) -> frozenset[str]:
    """Returns the origins of the ticker's pages, whose scripts may ask push.

    Without a public address those of this machine, at the ticker's port.
    """
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        return frozenset({f"{parts.scheme}://{parts.netloc}".lower()})
    return frozenset(f"http://{host}:{settings.ticker_port}" for host in LOOPBACK)


def run(settings: Settings) -> None:
    """Serves and tells until SIGTERM or SIGINT; then requests under way are finished.

    Raises UnusableSettingsError, VapidKeyError, KafkaUnavailableError or aiokafka's KafkaError if
    Kafka cannot be reached, SharedNameError if another push has this one's name, each possibly in
    an ExceptionGroup, and SystemExit with status 3 if the port is taken.
    """
    if not settings.push_contact:
        raise UnusableSettingsError(
            "LIVECOUNT_PUSH_CONTACT: push services ask for one; set it to an address such"
            " as mailto:desk@example.org"
        )
    vapid = Vapid(settings.push_private_key.get_secret_value(), settings.push_contact, _now)
    with (
        tracing(settings, "push"),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_serve(settings, vapid))


def _now() -> datetime:
    return datetime.now(UTC)


async def _serve(settings: Settings, vapid: Vapid) -> None:
    health = Health(STALL_TIMEOUT_S)
    with health_endpoint(settings.metrics_host, settings.metrics_port, health):
        async with (
            SubscriptionLog(settings) as written,
            _following(settings) as (holds, following),
            _sender(settings, vapid) as sender,
        ):
            outbox = Outbox(
                written.subscriptions,
                sender,
                settings.push_services.split(),
                lambda identifier: _remove(written, identifier),
                now=_now,
                random=Random(),  # noqa: S311 -- jitter is no secret
            )
            teller = Teller(written.subscriptions, outbox, holds, _now)
            register = Register(
                written,
                PushServices(settings.push_services),
                subscriptions_max=settings.push_subscriptions_max,
                is_rehearsal=namespace_mode(settings.namespace) == "rehearsal",
                now=_now,
            )
            reader = Reader(settings, teller, health, _now)
            app = create_app(
                register,
                health,
                key=vapid.public_key,
                pages=pages_of(settings),
                hourly=Hourly(monotonic),
            )
            server = HttpServer(_http(settings, app))
            log.info("push runs", namespace=settings.namespace, browsers=len(written.subscriptions))
            try:
                await reader.start()
                endless = (
                    reader.run(),
                    reader.watch_kafka(),
                    reader.commit_regularly(),
                    teller.run(),
                    written.run(),
                    following.run(teller.wake),
                    _clean(register),
                )
                await _until_stopped(server, outbox, endless)
            finally:
                await reader.stop()


async def _until_stopped(
    server: HttpServer, outbox: Outbox, endless: Sequence[Coroutine[None, None, None]]
) -> None:
    """Runs everything until a signal ends the server; then lanes finish what is under way."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server takes the signal, and hands it on at its end, where it would end the process.
        loop.add_signal_handler(number, lambda: None)
    async with asyncio.TaskGroup() as tasks:
        lanes = [tasks.create_task(each) for each in outbox.runs()]
        others = [tasks.create_task(each) for each in endless]
        await server.serve()
        outbox.stop()
        await asyncio.wait(lanes, timeout=FINISH_TIMEOUT_S)
        for each in (*lanes, *others):
            each.cancel()


@asynccontextmanager
async def _following(settings: Settings) -> AsyncIterator[tuple[Holds, HoldsFollower]]:
    """What the desk holds back, read to its end. Raises KafkaUnavailableError."""
    holds = Holds()
    follower = HoldsFollower(settings, holds)
    try:
        await follower.start()
        yield holds, follower
    finally:
        await follower.stop()


@asynccontextmanager
async def _sender(settings: Settings, vapid: Vapid) -> AsyncIterator[Sender]:
    sender = Sender(vapid, PushServices(settings.push_services), _now)
    try:
        yield sender
    finally:
        await sender.close()


async def _remove(written: SubscriptionLog, identifier: str) -> None:
    """Removes a subscription that has ended; if that fails, its end is found again next time."""
    try:
        await written.remove(identifier)
    except KafkaUnavailableError as error:
        log.warning("a subscription that has ended is not removed yet: %s", error)


async def _clean(register: Register) -> None:
    while True:
        try:
            if removed := await register.remove_old():
                log.info("subscriptions of which nothing was heard are removed", number=removed)
        except KafkaUnavailableError as error:
            log.warning("old subscriptions are not removed yet: %s", error)
        await asyncio.sleep(CLEAN_INTERVAL_S)


def _http(settings: Settings, app: FastAPI) -> HttpConfig:
    return HttpConfig(
        app,
        host=settings.push_host,
        port=settings.push_port,
        limits=CONNECTIONS,
        shutdown_timeout_s=SHUTDOWN_TIMEOUT_S,
        trusted_proxies=settings.trusted_proxies,
    )
