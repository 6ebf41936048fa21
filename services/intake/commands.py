"""`livecount intake run` and `livecount declare FILE`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

UNUSABLE = 2
"""Exit status for arguments or files that cannot be used; nothing was sent."""


def register(app: typer.Typer) -> None:
    """Adds intake's commands to the command line."""
    intake = typer.Typer(help="The way in: declarations over HTTP.", no_args_is_help=True)
    intake.command("run")(run)
    app.add_typer(intake, name="intake")
    app.command("declare")(declare)


def run() -> None:
    """Takes declarations over HTTP until it is stopped."""
    from services.intake.server import ExposedError
    from services.intake.server import run as serve
    from services.platform.settings import load_settings

    try:
        serve(load_settings())
    except ExposedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNUSABLE) from error


def declare(
    file: Annotated[Path, typer.Argument(help="Events, one JSON object a line.")],
) -> None:
    """Sends the events of a file to Kafka: all of them, or with a fault in any, none."""
    from services.intake.declarations_file import read_declarations
    from services.intake.faults import UnusableFiles
    from services.intake.producer import DeclarationProducer, NotAcknowledgedError
    from services.platform.settings import load_settings

    settings = load_settings()
    try:
        events = read_declarations(file, settings.namespace)
    except UnusableFiles as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNUSABLE) from error

    async def send() -> int:
        async with DeclarationProducer(settings, client_id="livecount-declare") as producer:
            return len(await producer.publish_all(events))

    try:
        count = asyncio.run(send())
    except NotAcknowledgedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{count} declared in {settings.namespace}")
