"""The accounts of Kafka and Redis: one for each service, with the least it needs.

This table is the source for the local stack, the compose file and `docs/operations/accounts.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import SecretStr

from services.platform.names import Topics, group
from services.platform.server_settings import TLS_PROTOCOLS
from services.platform.settings import Settings, load_settings

ADMIN: Final = "admin"
"""May do everything: it makes topics and accounts. Brokers use it among themselves."""


@dataclass(frozen=True, slots=True)
class Account:
    """What one account may do. Topics are named by their kind, groups by their service.

    `redis` are the rules that Redis is given for it; empty if it has no business there.
    """

    name: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    describes: tuple[str, ...] = ()
    redis: str = ""


_REDIS_READ = "~* resetchannels -@all +@read +@connection +@transaction -@dangerous"

ACCOUNTS: Final = (
    # It reads the log to say what speaks against what is declared.
    Account("intake", reads=("declarations", "rejects"), writes=("declarations", "audit")),
    Account(
        "aggregator",
        # What a worker before it has set aside as broken stands on `rejects`. `livecount rebuild`
        # rebuilds nights too, up to where the nation's group is.
        reads=("declarations", "rejects", "night"),
        writes=("alerts", "totals", "wards", "rejects"),
        joins=("aggregator",),
        describes=("nation",),
        redis="~* resetchannels -@all +@read +@write +@scripting +@connection +@transaction"
        # It asks whether Redis is set up so that it keeps everything.
        " -@dangerous +info",
    ),
    Account(
        "nation",
        # What a worker before it has set aside as broken stands on `rejects`.
        reads=("totals", "night", "rejects"),
        writes=("night", "alerts", "national", "rejects"),
        joins=("nation",),
        # It reaches no council: those are the aggregator's.
        redis="~*:night ~*:night-entries ~*:night-log ~*:night-watermark:* ~*:national ~*:feed"
        " ~*:elections ~*:rebuilds"
        " resetchannels -@all +@read +@write +@scripting +@connection +@transaction"
        " -@dangerous +info",
    ),
    Account(
        "notifier",
        reads=("alerts", "totals", "wards", "rejects", "deliveries", "holds"),
        writes=("deliveries",),
        joins=("notifier",),
    ),
    # It needs no Redis: what it keeps is on a topic of its own.
    Account(
        "push",
        reads=("alerts", "holds", "subscriptions"),
        writes=("subscriptions",),
        joins=("push",),
    ),
    Account(
        "entry",
        # What a worker has set aside as broken, which `rejects` has, is not counted here either.
        # Admins see the audit, and every process knows which sessions have ended.
        reads=("declarations", "rejects", "audit", "sessions"),
        writes=("declarations", "audit", "sessions"),
    ),
    Account("ticker", reads=("rejects", "deliveries"), redis=_REDIS_READ),
    Account(
        "audit",
        reads=(
            "declarations",
            "totals",
            "wards",
            "alerts",
            "night",
            "national",
            "rejects",
            "deliveries",
            "holds",
            "audit",
        ),
        # `livecount declare` sends files, `livecount rejects replay` a message again,
        # `livecount alerts` holds back and releases, `livecount nation projection` says what was
        # published, and `livecount access` which key was added or revoked.
        writes=("declarations", "night", "holds", "audit"),
        describes=("aggregator", "nation"),
        redis=_REDIS_READ,
    ),
)
"""Every account but the administrator's."""

KAFKA_ACCOUNTS: Final = (ADMIN, *(account.name for account in ACCOUNTS))
"""The accounts that Kafka knows."""

REDIS_RULES: Final = {ADMIN: "~* &* +@all"} | {
    account.name: account.redis for account in ACCOUNTS if account.redis
}
"""The accounts that Redis knows, each with its rules."""


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One thing that an account may do in a namespace, as Kafka names it."""

    account: str
    resource: str
    name: str
    operation: str


def grants(namespace: str) -> list[Grant]:
    """Returns everything that the accounts may do in a namespace. Kafka refuses all else.

    To read or to write a topic includes to describe it, and to join a group likewise.
    """
    topics = Topics(namespace)
    return [
        Grant(account.name, resource, name, operation)
        for account in ACCOUNTS
        for resource, operation, names in (
            ("topic", "read", [getattr(topics, kind) for kind in account.reads]),
            ("topic", "write", [getattr(topics, kind) for kind in account.writes]),
            ("group", "read", [group(namespace, service) for service in account.joins]),
            ("group", "describe", [group(namespace, service) for service in account.describes]),
        )
        for name in names
    ]


class AccountError(ValueError):
    """An account whose password cannot be read; the message names the file."""


def kafka_secret(account: str) -> str:
    """Returns the name of the file with an account's password for Kafka."""
    return f"livecount_kafka_{account}"


def redis_secret(account: str) -> str:
    """Returns the name of the file with an account's password for Redis."""
    return f"livecount_redis_{account}"


def password(directory: Path, secret: str) -> str:
    """Returns the password in a file. Raises AccountError, naming it, if there is none."""
    file = directory / secret
    try:
        found = file.read_text().strip()
    except OSError as error:
        raise AccountError(
            f"{file}: {error.strerror}; `livecount stack up` writes it for the local"
            " stack, `scripts/secrets` for compose"
        ) from error
    if not found:
        raise AccountError(f"{file} is empty; write the account's password into it")
    return found


def account_settings(settings: Settings, name: str) -> Settings:
    """Returns the settings with the credentials of an account in place of any others.

    Without `accounts_dir` they are returned as they are: one account then does everything, and
    may do what it is granted. Raises AccountError if a password cannot be read.
    """
    directory = settings.accounts_dir
    if directory is None:
        return settings
    url = urlsplit(settings.redis_url.get_secret_value())
    address = url.netloc.rpartition("@")[2]
    if name in REDIS_RULES:
        secret = quote(password(directory, redis_secret(name)), safe="")
        address = f"{name}:{secret}@{address}"
    encrypted = settings.kafka_security_protocol in TLS_PROTOCOLS
    return settings.model_copy(
        update={
            "kafka_security_protocol": "SASL_SSL" if encrypted else "SASL_PLAINTEXT",
            # The administrator's password is in the brokers' configuration, as somebody has to be
            # let in before there are accounts. All others prove that they know theirs.
            "kafka_sasl_mechanism": "PLAIN" if name == ADMIN else "SCRAM-SHA-512",
            "kafka_sasl_username": name,
            "kafka_sasl_password": SecretStr(password(directory, kafka_secret(name))),
            "redis_url": SecretStr(urlunsplit(url._replace(netloc=address))),
            "redis_password": SecretStr(""),
        }
    )


def load_account_settings(name: str) -> Settings:
    """Returns the settings of this process with an account's credentials.

    Raises pydantic.ValidationError naming each unusable setting, and AccountError.
    """
    return account_settings(load_settings(), name)
