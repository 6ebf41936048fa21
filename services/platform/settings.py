"""Settings of every service, from the environment, secret files and one settings file.

Precedence: the environment, then files in the secrets directory, then the settings file, then
the defaults below. Each field `x` is the variable `LIVECOUNT_X`.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_SETTINGS_FILE = Path(".local/settings.env")


class Settings(BaseSettings):
    """Everything a newsroom can set. Units stand last in the names."""

    model_config = SettingsConfigDict(
        env_prefix="LIVECOUNT_", extra="forbid", frozen=True, env_ignore_empty=True
    )

    namespace: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")] = Field(
        default="live",
        description="Prefix of topics, groups and keys; a rehearsal has one of its own.",
    )

    kafka_bootstrap_servers: str = Field(
        default="127.0.0.1:9092", description="Kafka brokers, host:port, comma-separated."
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="How to talk to Kafka."
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="SASL mechanism, if the protocol has SASL."
    )
    kafka_sasl_username: str = Field(default="", description="SASL user name.")
    kafka_sasl_password: SecretStr = Field(default=SecretStr(""), description="SASL password.")
    accounts_dir: Path | None = Field(
        default=None,
        description="Directory with a file for the password of each account of Kafka and Redis, as"
        " `livecount stack up` and `scripts/secrets` write them. Each command then uses its own"
        " account, and `livecount topics create` makes the accounts and grants them their rights.",
    )
    kafka_ssl_cafile: Path | None = Field(
        default=None, description="Certificate authority of the brokers; the system's if unset."
    )
    kafka_partitions: Annotated[int, Field(ge=1, le=1_000)] = Field(
        default=8,
        description="Partitions of declarations, alerts and totals: the most workers that help.",
    )
    kafka_replication_factor: Annotated[int, Field(ge=1, le=9)] = Field(
        default=1, description="Copies of each partition; 3 in production."
    )
    kafka_min_insync_replicas: Annotated[int, Field(ge=1, le=9)] = Field(
        default=1, description="Copies that must confirm a write; 2 in production."
    )

    redis_url: SecretStr = Field(
        default=SecretStr("redis://127.0.0.1:6379/0"),
        description="Redis, with its password if it has one.",
    )
    redis_password: SecretStr = Field(
        default=SecretStr(""),
        description="Password of Redis, if its URL has none; for a secret file.",
    )

    intake_host: str = Field(default="127.0.0.1", description="Address intake listens on.")
    intake_port: Annotated[int, Field(ge=0, le=65_535)] = Field(
        default=8001, description="Port intake listens on."
    )
    intake_token: SecretStr = Field(
        default=SecretStr(""),
        description="Bearer token that intake asks for; must be set to listen beyond loopback.",
    )
    ticker_host: str = Field(default="127.0.0.1", description="Address the ticker listens on.")
    ticker_port: Annotated[int, Field(ge=0, le=65_535)] = Field(
        default=8000, description="Port the ticker listens on."
    )
    desk_token: Annotated[SecretStr, Field(min_length=16)] | None = Field(
        default=None,
        description="Opens the ticker's page for producers, `/desk`, to whoever gives it as the"
        " password; at least 16 characters. If unset there is no such page.",
    )

    notifier_channels_file: Path | None = Field(
        default=None,
        description="TOML file of the notifier's channels; only the console if unset.",
    )

    worker_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")] = Field(
        default="1",
        description="Name of this aggregator or notifier in its group, for static membership.",
    )

    metrics_host: str = Field(
        default="127.0.0.1", description="Address of /metrics, /health/live and /health/ready."
    )
    metrics_port: Annotated[int, Field(ge=0, le=65_535)] = Field(
        default=0, description="Port of metrics and health; 0 serves none. One for each service."
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log line written."
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="Format of log lines, on standard error."
    )


@lru_cache
def load_settings() -> Settings:
    """Returns the settings of this process, read once.

    A user name in them is the account for everything that the process does: `accounts_dir` is
    then left out.

    The settings file is named by LIVECOUNT_SETTINGS_FILE, else `.local/settings.env`, as
    `livecount stack up` writes it. LIVECOUNT_SECRETS_DIR names a directory with one file for
    each secret. Raises pydantic.ValidationError naming each unusable setting.
    """
    file = Path(os.environ.get("LIVECOUNT_SETTINGS_FILE", DEFAULT_SETTINGS_FILE))
    secrets = os.environ.get("LIVECOUNT_SECRETS_DIR")
    found = Settings(
        _env_file=file if file.is_file() else None,
        _secrets_dir=secrets,
    )
    return found.model_copy(update={"accounts_dir": None}) if found.kafka_sasl_username else found
