"""Runs intake's HTTP server: its address, its limits and its health."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Final

import uvloop

from services.intake.http import create_app
from services.intake.parties import load_register
from services.intake.producer import DeclarationProducer
from services.platform.connections import ConnectionLimits
from services.platform.health import Health, health_endpoint
from services.platform.http_server import HttpConfig, HttpServer
from services.platform.settings import Settings

CONNECTIONS: Final = ConnectionLimits(total_max=8_192, per_client_max=1_024)
"""A feed or a desk needs one or two. So many, because a connection that only waits costs little,
and no flood of them may push out one whose request is on its way."""

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

    Raises ExposedError, UnusableFilesError if the file of parties has a fault,
    KafkaUnavailableError if Kafka cannot be reached, and SystemExit if the
    port is not free.
    """
    check_exposure(settings)
    load_register(settings)
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
    config = HttpConfig(
        create_app(settings, producer),
        host=settings.intake_host,
        port=settings.intake_port,
        limits=CONNECTIONS,
        shutdown_timeout_s=SHUTDOWN_TIMEOUT_S,
        trusted_proxies=settings.trusted_proxies,
        lifespan="off",
    )
    await HttpServer(config).serve()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
