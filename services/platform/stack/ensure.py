"""Kafka and Redis for a command that runs on a developer's or a reporter's own machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from services.platform.accounts import ADMIN, account_settings
from services.platform.local_folder import stack_directory
from services.platform.settings import Settings, load_settings
from services.platform.stack.ports import is_listening
from services.platform.stack.stack import Stack


@contextmanager
def kafka_and_redis() -> Iterator[Settings]:
    """Yields settings that lead the administrator to a running Kafka and Redis.

    If the environment names any, or the local stack runs, they are used. Otherwise the local
    stack is started, and stopped again at the end. Raises StackError if it cannot be started.
    """
    settings = load_settings()
    if "LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS" in os.environ or _answers(settings):
        yield account_settings(settings, ADMIN)
        return
    with Stack(stack_directory()) as stack:
        local = stack.endpoints
        reached = settings.model_copy(
            update={
                "kafka_bootstrap_servers": local.kafka_bootstrap_servers,
                "redis_url": SecretStr(f"redis://{local.redis_address}"),
                "accounts_dir": local.accounts_dir,
            }
        )
        yield account_settings(reached, ADMIN)


def _answers(settings: Settings) -> bool:
    host, _, port = settings.kafka_bootstrap_servers.split(",")[0].rpartition(":")
    return host in {"127.0.0.1", "localhost"} and is_listening(int(port))
