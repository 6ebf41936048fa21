"""Makes the accounts in Kafka and grants them what they need in a namespace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code

from services.platform.account_requests import (
    AddGrants,
    RemoveGrants,
    SetPasswords,
    every_grant,
    known_grants,
)
from services.platform.accounts import ACCOUNTS, grants, kafka_secret, password
from services.platform.brokers import ask, until_known
from services.platform.settings import Settings


class GrantError(RuntimeError):
    """Kafka did not take the accounts or their rights; the message says why."""


async def grant(client: AIOKafkaClient, settings: Settings) -> None:
    """Makes every account and grants it what it needs in the settings' namespace.

    Passwords that have changed since are set anew, and rights that are there already stay.
    Returns once every broker knows the rights. Does nothing without `accounts_dir`: then whoever
    administers Kafka has made accounts, or there are none. Raises GrantError, TimeoutError and
    aiokafka's KafkaError; AccountError if a password cannot be read.
    """
    directory = settings.accounts_dir
    if directory is None:
        return
    wanted = set(grants(settings.namespace))
    answer = await ask(client, SetPasswords(_passwords(directory)))
    for result in answer["results"]:
        _check(result, f"the account {result['user']}")
    for result in (await ask(client, AddGrants(sorted(wanted))))["creation_responses"]:
        _check(result, f"rights in {settings.namespace}")
    await until_known(client, every_grant, lambda answer: wanted <= known_grants(answer))


async def revoke(client: AIOKafkaClient, settings: Settings) -> None:
    """Removes every right in the settings' namespace.

    Returns once no broker knows any of them. Does nothing without `accounts_dir`. Raises
    GrantError, TimeoutError and aiokafka's KafkaError.
    """
    if settings.accounts_dir is None:
        return
    removed = set(grants(settings.namespace))
    answer = await ask(client, RemoveGrants(sorted(removed)))
    for result in answer["filter_responses"]:
        _check(result, f"rights in {settings.namespace}")
    await until_known(client, every_grant, lambda answer: not removed & known_grants(answer))


def _passwords(directory: Path) -> dict[str, str]:
    return {account.name: password(directory, kafka_secret(account.name)) for account in ACCOUNTS}


def _check(result: dict[str, Any], what: str) -> None:
    if result["error_code"]:
        error = for_code(result["error_code"])
        raise GrantError(
            f"{what}: {error.__name__}: {result['error_message'] or error.description}; the"
            " account of these settings has to be Kafka's administrator"
        )
