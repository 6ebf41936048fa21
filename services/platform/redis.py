"""The Redis client with every timeout and retry set."""

from __future__ import annotations

import ssl
from typing import Any

import structlog
from redis.asyncio import Connection, ConnectionPool, Redis, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoPermissionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.platform.errors import RedisUnfitError
from services.platform.settings import Settings
from services.platform.tls import client_context, refusal

SOCKET_TIMEOUT_S = 2.0
"""A Redis that has not answered for two seconds counts as hung; a script takes milliseconds."""

CONNECTIONS_MAX = 32
"""Connections of one process; each concurrent read takes one."""

log = structlog.get_logger(__name__)


class _Connection(Connection):
    """A connection without TLS, whose failure says if TLS is what is missing."""

    async def connect(self) -> None:
        """Connects and logs in. Raises redis-py's errors."""
        try:
            await super().connect()  # type: ignore[no-untyped-call] # redis-py has no types here
        except RedisConnectionError as error:
            if isinstance(error.__context__, ConnectionResetError):
                raise RedisConnectionError(
                    f"{error}; if Redis speaks TLS at this port, begin LIVECOUNT_REDIS_URL with"
                    " rediss://"
                ) from error
            raise


class _TlsConnection(SSLConnection):
    """A connection over TLS that believes one context alone, whatever its URL says.

    redis-py's own believes the system's authorities beside one that it is given.
    """

    def __init__(self, *, context: ssl.SSLContext, **other: Any) -> None:
        super().__init__(**other)
        self.ssl_context.context = context

    async def connect(self) -> None:
        """Connects and logs in. Raises redis-py's errors, which say why a server is refused."""
        try:
            await super().connect()  # type: ignore[no-untyped-call] # redis-py has no types here
        except RedisConnectionError as error:
            reason = refusal(error.__context__, "LIVECOUNT_REDIS_SSL_CAFILE")
            if reason:
                raise RedisConnectionError(f"Redis at {self.host}:{self.port}: {reason}") from error
            raise
        except RedisTimeoutError as error:
            raise RedisTimeoutError(
                f"Redis at {self.host}:{self.port}: no TLS within {SOCKET_TIMEOUT_S:g} s; if it"
                " runs, see that it speaks TLS at this port"
            ) from error


def connect(settings: Settings) -> Redis:
    """Returns a client whose answers are bytes. It connects with its first command.

    Commands are never repeated by the client (redis-py 8 would, ten times): the caller knows
    which are safe to repeat. Raises OSError if the file of the authority can no longer be read.
    """
    pool = ConnectionPool.from_url(
        settings.redis_url.get_secret_value(),
        # A password in the URL takes precedence.
        password=settings.redis_password.get_secret_value() or None,
        socket_timeout=SOCKET_TIMEOUT_S,
        socket_connect_timeout=SOCKET_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        retry_on_error=[],
        health_check_interval=0,
        max_connections=CONNECTIONS_MAX,
        decode_responses=False,
    )
    if pool.connection_class is SSLConnection:
        pool.connection_class = _TlsConnection
        pool.connection_kwargs["context"] = client_context(settings.redis_ssl_cafile)
    elif pool.connection_class is Connection:
        pool.connection_class = _Connection
    return Redis.from_pool(pool)


async def check_keeps(client: Redis) -> None:
    """Raises RedisUnfitError if Redis may discard any key to make room for another.

    It would discard single wards or councils, which nobody notices. An account that may not ask
    is warned of. Raises redis-py's RedisError.
    """
    try:
        found = await client.info("memory")
    except NoPermissionError:
        log.warning(
            "the account may not ask Redis for its maxmemory-policy; see that it is noeviction,"
            " and grant +info"
        )
        return
    policy = str(found.get("maxmemory_policy", ""))
    # The others discard only keys with an expiry, and ours have none.
    if policy.startswith("allkeys-"):
        raise RedisUnfitError(
            f"Redis discards keys to make room for others (maxmemory-policy {policy}), and would"
            " lose parts of the count unseen; set CONFIG SET maxmemory-policy noeviction, also in"
            " its configuration, then run livecount rebuild"
        )
