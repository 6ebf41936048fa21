"""The namespace of a rehearsal: how a process is given it, and how it is removed."""

from __future__ import annotations

import os

from redis.asyncio import Redis

from services.platform import redis
from services.platform.accounts import account_settings
from services.platform.names import Keys
from services.platform.settings import Settings
from services.platform.topics import delete_topics

SCAN_COUNT = 1_000
"""Keys that Redis examines in one step of a scan, so that it is never blocked for long."""


def environment(settings: Settings) -> dict[str, str]:
    """Returns the environment variables that lead a process to these settings' Kafka and Redis.

    The process has the account of the settings; see `account_environment`.
    """
    return {
        **os.environ,
        "LIVECOUNT_NAMESPACE": settings.namespace,
        "LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "LIVECOUNT_KAFKA_PARTITIONS": str(settings.kafka_partitions),
        "LIVECOUNT_KAFKA_REPLICATION_FACTOR": str(settings.kafka_replication_factor),
        "LIVECOUNT_KAFKA_MIN_INSYNC_REPLICAS": str(settings.kafka_min_insync_replicas),
        # Several processes cannot share the port that the environment may name.
        "LIVECOUNT_METRICS_PORT": "0",
        **_credentials(settings),
    }


def account_environment(settings: Settings, name: str) -> dict[str, str]:
    """Returns the environment variables that give a process an account, beside `environment`.

    Raises AccountError if the account's password cannot be read.
    """
    return _credentials(account_settings(settings, name))


def _credentials(settings: Settings) -> dict[str, str]:
    authorities = {
        "LIVECOUNT_KAFKA_SSL_CAFILE": settings.kafka_ssl_cafile,
        "LIVECOUNT_REDIS_SSL_CAFILE": settings.redis_ssl_cafile,
    }
    return {
        "LIVECOUNT_KAFKA_SECURITY_PROTOCOL": settings.kafka_security_protocol,
        "LIVECOUNT_KAFKA_SASL_MECHANISM": settings.kafka_sasl_mechanism,
        "LIVECOUNT_KAFKA_SASL_USERNAME": settings.kafka_sasl_username,
        "LIVECOUNT_KAFKA_SASL_PASSWORD": settings.kafka_sasl_password.get_secret_value(),
        "LIVECOUNT_REDIS_URL": settings.redis_url.get_secret_value(),
        "LIVECOUNT_REDIS_PASSWORD": settings.redis_password.get_secret_value(),
        # The process may run in another folder.
        **{name: str(file.absolute()) for name, file in authorities.items() if file},
    }


async def remove(settings: Settings) -> None:
    """Removes every topic and every Redis key of a namespace.

    Raises ValueError for the live namespace, which is never removed.
    """
    if settings.namespace == "live":
        raise ValueError("namespace: 'live' is never removed; name a rehearsal's namespace")
    await delete_topics(settings)
    async with redis.connect(settings) as client:
        await clear(client, settings.namespace)


async def clear(client: Redis, namespace: str) -> int:
    """Removes every Redis key of a namespace, and returns how many there were.

    The one that says which log was counted goes last: until then no worker of another log takes
    what is left for its own. Raises redis-py's RedisError.
    """
    names = Keys(namespace)
    found = {key async for key in client.scan_iter(names.pattern(), count=SCAN_COUNT)}
    last = {names.counted().log.encode(), names.night_counted().log.encode()} & found
    keys = [*(found - last), *last]
    for start in range(0, len(keys), SCAN_COUNT):
        await client.unlink(*keys[start : start + SCAN_COUNT])
    return len(keys)
