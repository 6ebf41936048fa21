"""How the audit's commands ask Kafka and Redis, and how they end if they cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import typer

from services.platform.exit_status import ExitStatus

T = TypeVar("T")


def run(query: Coroutine[Any, Any, T]) -> T:
    """Returns the result of a coroutine; errors of outages are printed as one line.

    Most of them count a whole log, so garbage is collected as seldom as in a service that counts.

    Raises typer.Exit with the status of the error.
    """
    from redis.exceptions import RedisError

    from services.platform.council_name import UnknownCouncilError
    from services.platform.errors import KafkaUnavailableError
    from services.platform.garbage import collect_less_often

    collect_less_often()
    try:
        return asyncio.run(query)
    except UnknownCouncilError as error:
        raise unusable(error) from error
    except (KafkaUnavailableError, RedisError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error


def unusable(error: Exception) -> typer.Exit:
    """Prints what is wrong with what was given. Returns what ends the command then."""
    from services.audit.printing import print_lines

    print_lines(str(error), err=True)
    return typer.Exit(ExitStatus.UNUSABLE)
