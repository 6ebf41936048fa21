"""Which Kafka and Redis a local stack starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services.platform.stack.kafka_jars import LOCK_FILE


@dataclass(frozen=True, slots=True)
class Servers:
    """The lock file of a version of Kafka, and the path of a Redis or Valkey.

    Without `redis` it is the one that `find_redis` returns.
    """

    kafka_jars: Path = LOCK_FILE
    redis: Path | None = None


CURRENT = Servers()
"""The versions that livecount ships with."""
