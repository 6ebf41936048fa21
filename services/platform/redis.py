"""The Redis client with every timeout and retry set."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from services.platform.settings import Settings

SOCKET_TIMEOUT_S = 2.0
"""A Redis that has not answered for two seconds counts as hung; a script takes milliseconds."""

CONNECTIONS_MAX = 32
"""Connections of one process; each concurrent read takes one."""


def connect(settings: Settings) -> Redis:
    """Returns a client whose answers are bytes. It connects with its first command.

    Commands are never repeated by the client (redis-py 8 would, ten times): the caller knows
    which are safe to repeat.
    """
    return Redis.from_url(
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
