"""Where a local stack is, as settings for those who use it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from services.platform.accounts import ADMIN, account_settings
from services.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of a stack, and how many copies its Kafka keeps.

    `authority` is the certificate of its authority, if the stack speaks TLS.
    """

    kafka_bootstrap_servers: str
    redis_address: str
    brokers: int
    accounts_dir: Path
    authority: Path | None = None

    def settings(self, **further: Any) -> Settings:
        """Returns settings that lead the administrator to the stack; further ones by name."""
        encrypted: dict[str, Any] = {
            "kafka_security_protocol": "SASL_SSL",
            "kafka_ssl_cafile": self.authority,
            "redis_ssl_cafile": self.authority,
        }
        found = Settings(
            kafka_bootstrap_servers=self.kafka_bootstrap_servers,
            kafka_replication_factor=self.brokers,
            kafka_min_insync_replicas=2 if self.brokers > 1 else 1,
            redis_url=SecretStr(self._redis_url),
            accounts_dir=self.accounts_dir,
            **(encrypted if self.authority else {}),
            **further,
        )
        return account_settings(found, ADMIN)

    def environment(self) -> dict[str, str]:
        """Returns the settings that lead any account to the stack, as environment variables."""
        encrypted = {
            "LIVECOUNT_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "LIVECOUNT_KAFKA_SSL_CAFILE": str(self.authority),
            "LIVECOUNT_REDIS_SSL_CAFILE": str(self.authority),
        }
        return {
            "LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS": self.kafka_bootstrap_servers,
            "LIVECOUNT_KAFKA_REPLICATION_FACTOR": str(self.brokers),
            "LIVECOUNT_KAFKA_MIN_INSYNC_REPLICAS": "2" if self.brokers > 1 else "1",
            "LIVECOUNT_REDIS_URL": self._redis_url,
            "LIVECOUNT_ACCOUNTS_DIR": str(self.accounts_dir),
            **(encrypted if self.authority else {}),
        }

    def write(self, file: Path) -> None:
        """Writes a settings file, readable only by its owner. It names where the passwords are."""
        file.touch(mode=0o600)
        file.chmod(0o600)
        lines = [f"{name}={value}\n" for name, value in self.environment().items()]
        file.write_text("# Written by livecount stack up.\n" + "".join(lines))

    @property
    def _redis_url(self) -> str:
        return f"{'rediss' if self.authority else 'redis'}://{self.redis_address}"
