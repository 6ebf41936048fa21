"""The Redis client with every timeout and retry set."""

from __future__ import annotations

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoPermissionError

from services.platform.errors import RedisUnfitError
from services.platform.settings import Settings

SOCKET_TIMEOUT_S = 2.0
"""A Redis that has not answered for two seconds counts as hung; a script takes milliseconds."""

CONNECTIONS_MAX = 32
"""Connections of one process; each concurrent read takes one."""

log = structlog.get_logger(__name__)


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
