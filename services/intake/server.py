"""Runs intake's HTTP server: its address, its limits and its health."""

from __future__ import annotations

import asyncio
import ipaddress

import uvicorn
import uvloop

from services.intake.http import create_app
from services.intake.producer import DeclarationProducer
from services.platform.health import Health, health_endpoint
from services.platform.settings import Settings

CONNECTIONS_MAX = 256
"""The most connections, including idle ones: one for each desk. More are answered with 503."""

KEEP_ALIVE_S = 30
"""How long an idle connection is kept: a desk declares about once in half a minute."""

SHUTDOWN_TIMEOUT_S = 20
"""How long open requests may take at shutdown: longer than Kafka may take to acknowledge."""

HEALTH_INTERVAL_S = 5.0
"""How often Kafka is checked; health probes come about every ten seconds."""


class ExposedError(ValueError):
    """Intake would accept connections from other machines without a token."""


def check_exposure(settings: Settings) -> None:
    """Raises ExposedError if anyone on the network could declare results."""
    if not _is_loopback(settings.intake_host) and not settings.intake_token.get_secret_value():
        raise ExposedError(
            f"intake_host: {settings.intake_host!r} is reached from other machines;"
            " set LIVECOUNT_INTAKE_TOKEN, or listen on 127.0.0.1"
        )


def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT, then finishes the open requests.

    Raises ExposedError, KafkaUnavailableError if Kafka cannot be reached, and SystemExit if the
    port is not free.
    """
    check_exposure(settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    health = Health()
    with health_endpoint(settings.metrics_host, settings.metrics_port, health):
        async with DeclarationProducer(settings) as producer:
            watcher = asyncio.create_task(_report_health(producer, health))
            try:
                await _listen(settings, producer)
            finally:
                watcher.cancel()


async def _report_health(producer: DeclarationProducer, health: Health) -> None:
    """Reports regularly that the event loop is running, and whether Kafka answers."""
    while True:
        health.beat()
        if await producer.reachable():
            health.ready()
        else:
            health.not_ready("Kafka")
        await asyncio.sleep(HEALTH_INTERVAL_S)


async def _listen(settings: Settings, producer: DeclarationProducer) -> None:
    config = uvicorn.Config(
        create_app(settings, producer),
        host=settings.intake_host,
        port=settings.intake_port,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_S,
    )
    await uvicorn.Server(config).serve()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
