"""The commands `livecount intake run` and `livecount declare`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.platform.exit_status import ExitStatus
from services.platform.night_options import LeaveOutFaultyWards, PartiesFile

if TYPE_CHECKING:
    from schemas.events import Event
    from services.platform.settings import Settings

NightFile = Annotated[Path | None, typer.Option(help="A CSV file of a night; give all three.")]


def register(app: typer.Typer) -> None:
    """Adds intake's commands to the command line."""
    intake = typer.Typer(help="Takes declarations over HTTP.", no_args_is_help=True)
    intake.command("run")(run)
    app.add_typer(intake, name="intake")
    app.command("declare")(declare)


def run() -> None:
    """Takes declarations over HTTP until it is stopped."""
    from readers.findings import UnusableFilesError
    from services.intake.server import ExposedError
    from services.intake.server import run as serve
    from services.platform.accounts import load_account_settings
    from services.platform.errors import KafkaUnavailableError
    from services.platform.log import configure_log

    settings = load_account_settings("intake")
    configure_log("intake", settings.log_level, settings.log_format)
    try:
        serve(settings)
    except (ExposedError, UnusableFilesError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    except KafkaUnavailableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error


def declare(  # noqa: PLR0913, PLR0917 - one argument a file
    file: Annotated[
        Path | None, typer.Argument(help="A file of events, one JSON object on each line.")
    ] = None,
    councils: NightFile = None,
    standing: NightFile = None,
    results: NightFile = None,
    events: Annotated[Path | None, typer.Option(help="An event file besides the three.")] = None,
    parties: PartiesFile = None,
    *,
    leave_out_faulty_wards: LeaveOutFaultyWards = False,
) -> None:
    """Sends events to Kafka, from a file of events or from the files of a night.

    If any file has a fault nothing is sent; each fault is printed as `file:line: what is wrong`.
    Where a ward was left out, as was asked for, the exit status is 3.
    """
    from readers.findings import UnusableFilesError
    from schemas.printable import printable
    from services.platform.accounts import load_account_settings
    from services.platform.errors import KafkaUnavailableError

    settings = load_account_settings("intake")
    try:
        night_files = (councils, standing, results)
        to_send, left_out = _read(
            settings, file, night_files, events, parties, leave_out=leave_out_faulty_wards
        )
        sent = asyncio.run(_send(settings, to_send))
    except UnusableFilesError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    except KafkaUnavailableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
    typer.echo(f"{sent} declared in {settings.namespace}")
    if left_out:
        typer.echo(f"left out: {', '.join(map(printable, left_out))}", err=True)
        raise typer.Exit(ExitStatus.LEFT_OUT)


def _read(  # noqa: PLR0913 - one argument a file
    settings: Settings,
    file: Path | None,
    night_files: tuple[Path | None, Path | None, Path | None],
    events: Path | None,
    parties: Path | None,
    *,
    leave_out: bool,
) -> tuple[Sequence[Event], Sequence[str]]:
    """Returns the events to send, and what was left out for a fault."""
    from readers.night import read_night
    from readers.parties_file import beside
    from schemas.uk_time import UK_TIME
    from services.intake.declarations_file import read_declarations
    from services.intake.parties import load_register
    from services.platform.mode import namespace_mode

    councils, standing, results = night_files
    if file and not any((*night_files, events)):
        register = load_register(
            settings.model_copy(update={"parties_file": parties or settings.parties_file})
        )
        today = datetime.now(UK_TIME).date()
        return read_declarations(file, settings.namespace, today, register), ()
    if file or not (councils and standing and results):
        raise typer.BadParameter("give a file of events, or --councils, --standing and --results")
    mode = namespace_mode(settings.namespace)
    parties = parties or beside(councils) or settings.parties_file
    night = read_night(
        councils,
        standing,
        results,
        events,
        parties=parties,
        leave_out_faulty_wards=leave_out,
        mode=mode,
    )
    for warning in night.warnings:
        typer.echo(str(warning), err=True)
    return (*night.openings, *night.declarations), night.left_out


async def _send(settings: Settings, events: Sequence[Event]) -> int:
    from services.intake.producer import DeclarationProducer

    async with DeclarationProducer(settings, client_id="livecount-declare") as producer:
        return len(await producer.publish_all(events))
