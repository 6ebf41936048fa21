"""Runs entry's HTTP server: its parts, its limits and its health."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import structlog
import uvloop
from pydantic import SecretStr

from services.access.keys_change import KeysChange, change_between
from services.access.keys_file import KeysFile
from services.access.rates import Allowances, Rates
from services.access.trail import AuditTrail
from services.access.watched_keys import WatchedKeys
from services.entry.app import create_app
from services.entry.audit_page import NewestEntries
from services.entry.ballots import Ballots
from services.entry.context import EntryContext
from services.entry.desk import Desk
from services.entry.desk_list import DeskList
from services.entry.door import Door
from services.entry.entry_audit import SOURCE, EntryAudit
from services.entry.identity_provider import IdentityProvider
from services.entry.log_writer import LogWriter, Steps
from services.entry.night_look import NightLook, look_at
from services.entry.session_log import SessionLog
from services.entry.sessions import Sessions
from services.entry.streams import Streams
from services.entry.words import Words
from services.following.followed_councils import FollowedCouncils
from services.following.step import Step
from services.intake.producer import DeclarationProducer
from services.platform.clock import uk_now
from services.platform.connections import ConnectionLimits
from services.platform.health import Health, health_endpoint
from services.platform.http_server import HttpConfig, HttpServer
from services.platform.names import LIVE_NAMESPACE
from services.platform.settings import Settings

CONNECTIONS: Final = ConnectionLimits(total_max=2_048, per_client_max=1_024)
"""A night's 300 stringers may all be in one hall or on one mobile network, behind one address, and
each asks for a page with its style and its script at once: 900. As many again come from elsewhere.
The largest forms of all are 128 MiB, a quarter of what a container has."""

SHUTDOWN_TIMEOUT_S: Final = 20
"""How long open requests may take at shutdown: longer than Kafka may take to acknowledge."""

SECRET_BYTES: Final = 32
"""Random bytes that sessions are signed with if the settings have nothing."""

CHECK_S: Final = 1.0
"""How often it is looked whether the log has been read to its end, and keys are valid."""

KAFKA_CHECK_S: Final = 5.0
"""How often Kafka is checked; health probes come about every ten seconds."""

AGES_S: Final = 30.0
"""How often the list is made again for the ages in it, which are in minutes."""

READING: Final = "What was said so far is still being read."
AWAY: Final = "Kafka cannot be reached, so this may be out of date, and nothing can be decided."

_log = structlog.get_logger()


class Server(HttpServer):
    """A server that closes its streams at shutdown; they would never end by themselves."""

    def __init__(self, config: HttpConfig, context: EntryContext) -> None:
        super().__init__(config)
        self._context = context

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Closes the streams, waits for responses under way, and writes what the audit has yet."""
        self._context.streams.close()
        await super().shutdown(sockets)
        # Here, because a signal ends the process as soon as the server has stopped.
        await self._context.audit.finish()


def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT, then finishes the open requests.

    Raises KeysError if the file of keys has a fault, KafkaUnavailableError if Kafka cannot be
    reached, and SystemExit with status 3 if the port is taken.
    """
    # The token of LIVECOUNT_INTAKE_TOKEN opens nothing here: it is nobody's.
    keys = WatchedKeys(settings.keys_file, SecretStr(""))
    if keys.keys is None:
        _log.warning("nobody can sign in: there is no file of keys; set LIVECOUNT_KEYS_FILE")
    health = Health()
    with (
        health_endpoint(settings.metrics_host, settings.metrics_port, health),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_serve(settings, keys, health))


async def _serve(settings: Settings, keys: WatchedKeys, health: Health) -> None:
    async with running(settings, keys, health) as context:
        config = HttpConfig(
            create_app(context, health),
            host=settings.entry_host,
            port=settings.entry_port,
            limits=CONNECTIONS,
            shutdown_timeout_s=SHUTDOWN_TIMEOUT_S,
            trusted_proxies=settings.trusted_proxies,
        )
        await Server(config, context).serve()


class _Log:
    """The log of declarations as it grows: what waits in it, and what was sent to it here."""

    def __init__(self, settings: Settings) -> None:
        self.listed = DeskList(uk_now)
        self.steps = Steps()
        self.councils = FollowedCouncils(
            settings,
            client_id="livecount-entry-following",
            on_change=lambda changed: self.listed.update(changed, self.councils.councils),
            on_step=self._hear,
        )

    def _hear(self, step: Step) -> None:
        self.listed.hear(step)
        self.steps.hear(step)


@asynccontextmanager
async def running(
    settings: Settings, keys: WatchedKeys, health: Health
) -> AsyncIterator[EntryContext]:
    """The parts of entry, started; they are stopped at the end.

    Raises KafkaUnavailableError if Kafka cannot be reached.
    """
    log = _Log(settings)
    async with (
        DeclarationProducer(settings, client_id="livecount-entry") as producer,
        _trail(settings) as trail,
        _session_log(settings) as session_log,
    ):
        audit = EntryAudit(trail, uk_now)
        context = _context(settings, keys, log, producer, audit, session_log)
        tasks = [
            asyncio.create_task(each)
            for each in (
                log.councils.run(),
                session_log.run(),
                keys.watch(),
                _age(log.listed),
                _report_health(log.councils, producer, context, health),
            )
        ]
        try:
            yield context
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _context(  # noqa: PLR0913, PLR0917 -- each is a part of the service
    settings: Settings,
    keys: WatchedKeys,
    log: _Log,
    producer: DeclarationProducer,
    audit: EntryAudit,
    session_log: SessionLog,
) -> EntryContext:
    """Returns the parts, and has keys that change end sessions and be told to the audit."""

    def keys_changed(change: KeysChange) -> None:
        audit.keys_read(change)
        # Whose key was revoked is signed out, and so are their open pages.
        log.listed.wake()

    secret = _secret(settings)
    audit.keys_read(change_between(KeysFile(), keys.current or KeysFile()))
    keys.on_change = keys_changed
    writer = LogWriter(log.councils, log.steps, producer)
    return EntryContext(
        keys=keys,
        sessions=Sessions(secret, uk_now, session_log.is_ended),
        session_log=session_log,
        door=Door(keys, time.monotonic),
        ballots=Ballots(log.councils),
        desk=Desk(writer, audit),
        words=Words(writer, audit),
        listed=log.listed,
        night=NightLook(log.councils, settings.night_dir, partial(look_at, settings=settings)),
        streams=Streams(log.listed),
        rates=Rates(time.monotonic),
        requests=Allowances(time.monotonic),
        audit=audit,
        newest=NewestEntries(settings),
        clock=uk_now,
        provider=IdentityProvider(settings, secret, uk_now) if settings.oidc_issuer else None,
        entry_url=settings.entry_url,
        is_rehearsal=settings.namespace != LIVE_NAMESPACE,
    )


def _secret(settings: Settings) -> SecretStr:
    """Returns what sessions are signed with: that of the settings, else a random one."""
    if settings.entry_secret.get_secret_value():
        return settings.entry_secret
    _log.warning(
        "LIVECOUNT_ENTRY_SECRET is not set: run one entry, and after its restart everybody signs"
        " in again"
    )
    return SecretStr(secrets.token_hex(SECRET_BYTES))


@asynccontextmanager
async def _session_log(settings: Settings) -> AsyncIterator[SessionLog]:
    """The log of sessions, started and read to its end. Raises KafkaUnavailableError."""
    log = SessionLog(settings, uk_now)
    await log.start()
    try:
        yield log
    finally:
        await log.stop()


@asynccontextmanager
async def _trail(settings: Settings) -> AsyncIterator[AuditTrail | None]:
    """The audit trail, started; None without a file of keys, as nobody can then sign in."""
    if settings.keys_file is None:
        yield None
        return
    async with AuditTrail(settings, client_id="livecount-entry-audit", source=SOURCE) as trail:
        yield trail


async def _age(listed: DeskList) -> None:
    while True:
        await asyncio.sleep(AGES_S)
        listed.wake()


async def _report_health(
    councils: FollowedCouncils,
    producer: DeclarationProducer,
    context: EntryContext,
    health: Health,
) -> None:
    """Reports regularly that the event loop is running, and what is missing, also on the page."""
    loop = asyncio.get_running_loop()
    checked_s, answers = -KAFKA_CHECK_S, True
    while True:
        health.beat()
        health.remark = context.keys.remark
        if loop.time() - checked_s >= KAFKA_CHECK_S:
            checked_s, answers = loop.time(), await producer.reachable()
        health.lacks("" if answers else "Kafka")
        if councils.is_caught_up:
            health.ready()
        else:
            health.not_ready("the log to be read")
        context.listed.say(AWAY if not answers else "" if councils.is_caught_up else READING)
        await asyncio.sleep(CHECK_S)
