"""Runs intake's HTTP server: its address, its limits and its health."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Final

import structlog
import uvloop
from fastapi import FastAPI

from services.access.keys_change import change_between
from services.access.keys_file import KeysFile
from services.access.trail import AuditTrail
from services.access.watched_keys import WatchedKeys
from services.following.followed_councils import FollowedCouncils
from services.intake.http import LOG_CLIENT_ID, create_app
from services.intake.message import SOURCE
from services.intake.parties import load_register
from services.intake.producer import DeclarationProducer
from services.intake.request_audit import RequestAudit
from services.platform.clock import uk_now
from services.platform.connections import ConnectionLimits
from services.platform.health import Health, health_endpoint
from services.platform.http_server import HttpConfig, HttpServer
from services.platform.settings import Settings
from services.platform.tracing import tracing

CONNECTIONS: Final = ConnectionLimits(total_max=8_192, per_client_max=1_024)
"""A feed or a desk needs one or two. So many, because a connection that only waits costs little,
and no flood of them may push out one whose request is on its way."""

SHUTDOWN_TIMEOUT_S = 20
"""How long open requests may take at shutdown: longer than Kafka may take to acknowledge."""

HEALTH_INTERVAL_S = 5.0
"""How often Kafka is checked; health probes come about every ten seconds."""

_log = structlog.get_logger()


class ExposedError(ValueError):
    """Intake would accept connections from other machines without a token or a key."""


def check_exposure(settings: Settings) -> None:
    """Raises ExposedError if anyone on the network could declare results."""
    is_guarded = settings.keys_file is not None or settings.intake_token.get_secret_value()
    if not _is_loopback(settings.intake_host) and not is_guarded:
        raise ExposedError(
            f"intake_host: {settings.intake_host!r} is reached from other machines;"
            " set LIVECOUNT_INTAKE_TOKEN or LIVECOUNT_KEYS_FILE, or listen on 127.0.0.1"
        )


def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT, then finishes the open requests.

    Raises ExposedError, UnusableFilesError if the file of parties has a fault, KeysError if that of
    keys has one, KafkaUnavailableError if Kafka cannot be reached, and SystemExit if the port is
    not free.
    """
    check_exposure(settings)
    load_register(settings)
    keys = WatchedKeys(settings.keys_file, settings.intake_token)
    _say_who_may_declare(keys, settings)
    with (
        tracing(settings, "intake"),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_serve(settings, keys))


def _say_who_may_declare(keys: WatchedKeys, settings: Settings) -> None:
    if settings.intake_token.get_secret_value():
        _log.info("LIVECOUNT_INTAKE_TOKEN is the key `default`, with the trust `final`")
    if keys.keys is not None:
        valid = [key.id for key in keys.keys if not key.ended(uk_now())]
        _log.info("the file of keys was read", file=str(settings.keys_file), valid=valid)


async def _serve(settings: Settings, keys: WatchedKeys) -> None:
    health = Health()
    with health_endpoint(settings.metrics_host, settings.metrics_port, health):
        async with (
            DeclarationProducer(settings) as producer,
            AuditTrail(settings, client_id="livecount-intake-audit", source=SOURCE) as trail,
        ):
            audit = RequestAudit(trail, uk_now)
            if keys.current is not None:
                audit.keys_read(change_between(KeysFile(), keys.current))
            keys.on_change = audit.keys_read
            followed = FollowedCouncils(settings, client_id=LOG_CLIENT_ID, gathers=True)
            watchers = [
                asyncio.create_task(followed.run()),
                asyncio.create_task(_report_health(producer, keys, health)),
                asyncio.create_task(keys.watch()),
            ]
            try:
                app = create_app(settings, producer, keys=keys, audit=audit, followed=followed)
                await _listen(settings, app)
            finally:
                for watcher in watchers:
                    watcher.cancel()


async def _report_health(producer: DeclarationProducer, keys: WatchedKeys, health: Health) -> None:
    """Reports regularly that the event loop is running, and whether Kafka answers."""
    while True:
        health.beat()
        health.remark = keys.remark
        if await producer.reachable():
            health.ready()
        else:
            health.not_ready("Kafka")
        await asyncio.sleep(HEALTH_INTERVAL_S)


async def _listen(settings: Settings, app: FastAPI) -> None:
    config = HttpConfig(
        app,
        host=settings.intake_host,
        port=settings.intake_port,
        limits=CONNECTIONS,
        shutdown_timeout_s=SHUTDOWN_TIMEOUT_S,
        trusted_proxies=settings.trusted_proxies,
        lifespan="on",
    )
    await HttpServer(config).serve()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
