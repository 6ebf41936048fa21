"""`livecount push run` and `livecount push keys`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from services.platform.exit_status import ExitStatus


def register(app: typer.Typer) -> None:
    """Adds the commands of push to the command line."""
    push = typer.Typer(help="Notifications for readers, by web push.", no_args_is_help=True)
    push.command("run")(run)
    push.command("keys")(keys)
    app.add_typer(push, name="push")


def run() -> None:
    """Takes readers' subscriptions, and tells their browsers what is called, until stopped."""
    from aiokafka.errors import KafkaError

    from services.platform.accounts import load_account_settings
    from services.platform.errors import ServiceError
    from services.platform.log import configure_log
    from services.push.service import UnusableSettingsError
    from services.push.service import run as serve
    from services.push.vapid import VapidKeyError

    settings = load_account_settings("push")
    configure_log("push", settings.log_level, settings.log_format)
    unusable: list[BaseException] = []
    failed: list[BaseException] = []
    try:
        serve(settings)
    except* (UnusableSettingsError, VapidKeyError) as group:
        unusable += group.exceptions
    except* (ServiceError, KafkaError) as group:
        failed += group.exceptions
    for fault in unusable:
        typer.echo(str(fault), err=True)
    for failure in failed:
        typer.echo(str(failure), err=True)
    if unusable or failed:
        raise typer.Exit(ExitStatus.UNUSABLE if unusable else ExitStatus.FAILED)


def keys(
    folder: Annotated[
        Path | None,
        typer.Option(help="Where the file goes; else LIVECOUNT_SECRETS_DIR, else .local/secrets."),
    ] = None,
) -> None:
    """Makes the keys by which push services know the newsroom; prints the public one."""
    from datetime import UTC, datetime

    from services.push.keys_file import KeyExistsError, write_key
    from services.push.vapid import Vapid, new_private_key

    made = new_private_key()
    secrets = os.environ.get("LIVECOUNT_SECRETS_DIR", "")
    try:
        file = write_key(folder or Path(secrets or ".local/secrets"), made)
    except (KeyExistsError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    public = Vapid(made, "mailto:nobody@example.org", lambda: datetime.now(UTC)).public_key
    typer.echo(f"private key in {file}")
    typer.echo(f"public key {public}")
