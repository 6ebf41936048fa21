"""Kafka clients with every limit set: one kind of producer, one kind of plain consumer."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError

from services.platform.server_settings import TLS_PROTOCOLS
from services.platform.settings import Settings
from services.platform.tls import client_context, refusal

MESSAGE_MAX_BYTES = 1_048_576
"""The largest message, 1 MiB: a ward of a thousand candidates takes some 150 kB."""

REQUEST_TIMEOUT_MS = 10_000
"""A broker that has not answered for ten seconds counts as gone; an election takes about five."""


def _is_news(record: logging.LogRecord) -> bool:
    """Returns whether to log a line of aiokafka's connections.

    Of the administrator's password it warns with each connection. docs/operations/accounts.md
    says once how it travels.
    """
    return record.msg != "Sending username and password in the clear"


def _explain(record: logging.LogRecord) -> bool:
    """Says in aiokafka's line on a failed connection why it failed and what mends it.

    aiokafka's error that follows says only that no broker could be reached. Returns True.
    """
    if str(record.msg).startswith("Unable ") and isinstance(record.args, tuple):
        *where, error = record.args
        if isinstance(error, Exception):
            record.args = (*where, _why(error))
    return True


def _why(error: Exception) -> str:
    reason = refusal(error, "LIVECOUNT_KAFKA_SSL_CAFILE")
    if reason:
        return reason
    said = str(error) or type(error).__name__
    if isinstance(error, KafkaConnectionError | ConnectionError) and not isinstance(
        error, ConnectionRefusedError
    ):
        return (
            f"{said}; if it has never answered, see that LIVECOUNT_KAFKA_SECURITY_PROTOCOL is what"
            " the broker speaks at this port: SASL_SSL with TLS, SASL_PLAINTEXT without"
        )
    return said


logging.getLogger("aiokafka.conn").addFilter(_is_news)
logging.getLogger("aiokafka").addFilter(_explain)


def connection(settings: Settings) -> dict[str, Any]:
    """Returns the arguments that any aiokafka client needs to reach the brokers."""
    arguments: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap_servers,
        "security_protocol": settings.kafka_security_protocol,
        "request_timeout_ms": REQUEST_TIMEOUT_MS,
        "retry_backoff_ms": 100,
    }
    if settings.kafka_security_protocol in TLS_PROTOCOLS:
        arguments["ssl_context"] = client_context(settings.kafka_ssl_cafile)
    if settings.kafka_security_protocol.startswith("SASL"):
        arguments["sasl_mechanism"] = settings.kafka_sasl_mechanism
        arguments["sasl_plain_username"] = settings.kafka_sasl_username
        arguments["sasl_plain_password"] = settings.kafka_sasl_password.get_secret_value()
    return arguments


def account_hint(settings: Settings) -> str:
    """Returns the end of a message about a Kafka that cannot be reached: it may be the account."""
    name = settings.kafka_sasl_username
    return f", or the password of the account {name!r}, if Kafka refuses it" if name else ""


def producer(settings: Settings, client_id: str) -> AIOKafkaProducer:
    """Returns an idempotent producer that waits for all in-sync replicas. Not started."""
    return AIOKafkaProducer(
        **connection(settings),
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        # Sent immediately: a declaration must not wait for others to share its request.
        linger_ms=0,
        max_batch_size=262_144,
        max_request_size=MESSAGE_MAX_BYTES,
    )


class _Consumer(AIOKafkaConsumer):  # type: ignore[misc] # aiokafka has no types
    """A consumer that can also be stopped while its broker is unavailable."""

    async def stop(self) -> None:
        """Leaves the group and disconnects; raises nothing of aiokafka's own.

        aiokafka cancels its fetches and awaits them, and lets their cancellation through if one
        is about to be retried (`Fetcher.close`, 0.14.0). The caller would look cancelled, and
        the connections would stay open.
        """
        try:
            await super().stop()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            await self._client.close()


def consumer(
    settings: Settings,
    *topics: str,
    group_id: str | None,
    client_id: str,
    instance_id: str | None = None,
    **other: Any,
) -> AIOKafkaConsumer:
    """Returns a consumer that starts at the earliest message and never commits by itself.

    With `group_id` None it belongs to no group and reads all partitions of its topics, or those
    that it is assigned by hand. With an `instance_id` it is a static member: after a restart it
    has its partitions back immediately instead of after its session timeout. `other` are
    aiokafka's arguments that replace those below, for a service that must be replaced sooner, or
    need not have records at once. Not started.
    """
    usual = {
        "max_poll_interval_ms": 300_000,
        "session_timeout_ms": 10_000,
        "heartbeat_interval_ms": 3_000,
        # The broker answers as soon as it has one byte, so waiting adds no delay. But what is asked
        # beside a fetch, such as the ends of a topic at a start, is answered after it.
        "fetch_min_bytes": 1,
        "fetch_max_wait_ms": 100,
    }
    return _Consumer(
        *topics,
        **connection(settings),
        **(usual | other),
        client_id=client_id,
        group_id=group_id,
        group_instance_id=instance_id,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        fetch_max_bytes=52_428_800,
        max_partition_fetch_bytes=4 * MESSAGE_MAX_BYTES,
        metadata_max_age_ms=30_000,
    )


def admin(settings: Settings, client_id: str) -> AIOKafkaAdminClient:
    """Returns an admin client. Not started."""
    return AIOKafkaAdminClient(**connection(settings), client_id=client_id)
