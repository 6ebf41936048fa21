"""The settings of Kafka and Redis: where they are, and how they are reached."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from services.platform.tls import check_authority

TLS_PROTOCOLS: Final = frozenset({"SSL", "SASL_SSL"})
"""How Kafka is talked to over TLS."""

_REDIS_SCHEMES: Final = ("redis", "rediss", "unix")


def check_redis_url(url: SecretStr) -> SecretStr:
    """Returns the URL of Redis unchanged.

    Raises ValueError if its scheme is none that Redis has, or if it sets anything of TLS: the
    client takes `ssl_cert_reqs=none` and the like from a URL, and would check nothing. The URL
    itself is in no message, as it may have a password.
    """
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in _REDIS_SCHEMES:
        raise ValueError(
            f"the scheme is {parts.scheme!r}; give redis://, or rediss:// for Redis over TLS"
        )
    options = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    refused = sorted({name for name in options if name.startswith("ssl")})
    if refused:
        raise ValueError(
            f"{', '.join(refused)} in the URL: certificates and names are always checked; leave it"
            " out, and name the authority in LIVECOUNT_REDIS_SSL_CAFILE"
        )
    return url


class ServerSettings(BaseModel):
    """What a newsroom can set of Kafka and Redis."""

    kafka_bootstrap_servers: str = Field(
        default="127.0.0.1:9092", description="Kafka brokers, host:port, comma-separated."
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT",
        description="How to talk to Kafka; outside one machine `SASL_SSL`.",
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
    kafka_ssl_cafile: Annotated[Path | None, AfterValidator(check_authority)] = Field(
        default=None,
        description="File with the certificate of the authority that signed the brokers', in PEM;"
        " the system's authorities if unset. Needs the protocol `SASL_SSL` or `SSL`.",
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

    redis_url: Annotated[SecretStr, AfterValidator(check_redis_url)] = Field(
        default=SecretStr("redis://127.0.0.1:6379/0"),
        description="Redis, with its password if it has one. `rediss://` is Redis over TLS.",
    )
    redis_password: SecretStr = Field(
        default=SecretStr(""),
        description="Password of Redis, if its URL has none; for a secret file.",
    )

    redis_ssl_cafile: Annotated[Path | None, AfterValidator(check_authority)] = Field(
        default=None,
        description="File with the certificate of the authority that signed Redis's, in PEM; the"
        " system's authorities if unset. Needs a URL with `rediss://`.",
    )

    @field_validator("kafka_ssl_cafile")
    @classmethod
    def _kafka_speaks_tls(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        """Refuses an authority that no connection would ask: it looks as if TLS were on."""
        protocol = info.data.get("kafka_security_protocol")
        if file is not None and protocol is not None and protocol not in TLS_PROTOCOLS:
            raise ValueError(
                f"LIVECOUNT_KAFKA_SECURITY_PROTOCOL is {protocol}, which is not encrypted; set it"
                " to SASL_SSL, or leave this unset"
            )
        return file

    @field_validator("redis_ssl_cafile")
    @classmethod
    def _redis_speaks_tls(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        """Refuses an authority that no connection would ask: it looks as if TLS were on."""
        url = info.data.get("redis_url")
        scheme = urlsplit(url.get_secret_value()).scheme if url is not None else "rediss"
        if file is not None and scheme != "rediss":
            raise ValueError(
                f"LIVECOUNT_REDIS_URL begins with {scheme}://, which is not encrypted; begin it"
                " with rediss://, or leave this unset"
            )
        return file
