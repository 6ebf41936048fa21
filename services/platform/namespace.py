"""The namespace of a rehearsal: how a process is given it, and how it is removed."""

from __future__ import annotations

import os

from services.platform import redis
from services.platform.names import Keys
from services.platform.settings import Settings
from services.platform.topics import delete_topics

SCAN_COUNT = 1_000
"""Keys that Redis examines in one step of a scan, so that it is never blocked for long."""


def environment(settings: Settings) -> dict[str, str]:
    """Returns the environment variables that lead a service to these settings' Kafka and Redis."""
    return {
        **os.environ,
        "LIVECOUNT_NAMESPACE": settings.namespace,
        "LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "LIVECOUNT_REDIS_URL": settings.redis_url.get_secret_value(),
        "LIVECOUNT_KAFKA_PARTITIONS": str(settings.kafka_partitions),
        "LIVECOUNT_KAFKA_REPLICATION_FACTOR": str(settings.kafka_replication_factor),
        "LIVECOUNT_KAFKA_MIN_INSYNC_REPLICAS": str(settings.kafka_min_insync_replicas),
    }


async def remove(settings: Settings) -> None:
    """Removes every topic and every Redis key of a namespace.

    Raises ValueError for the live namespace, which is never removed.
    """
    if settings.namespace == "live":
        raise ValueError("namespace: 'live' is never removed; name a rehearsal's namespace")
    await delete_topics(settings)
    client = redis.connect(settings)
    try:
        keys = [
            key
            async for key in client.scan_iter(Keys(settings.namespace).pattern(), count=SCAN_COUNT)
        ]
        for start in range(0, len(keys), SCAN_COUNT):
            await client.unlink(*keys[start : start + SCAN_COUNT])
    finally:
        await client.aclose()
