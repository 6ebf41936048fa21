"""The command `livecount declare`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from services.platform.exit_status import ExitStatus
from services.platform.night_options import LeaveOutFaultyWards, PartiesFile

if TYPE_CHECKING:
    from schemas.events import Event
    from services.declare.planned import Planned
    from services.platform.settings import Settings

NightFile = Annotated[Path | None, typer.Option(help="A CSV file of a night; give all three.")]


class Files(NamedTuple):
    """The files that are declared: a file of events, or those of a night."""

    file: Path | None
    councils: Path | None
    standing: Path | None
    results: Path | None
    events: Path | None
    council_results: Path | None
    parties: Path | None


def register(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command("declare")(declare)


def declare(  # noqa: PLR0913 - one argument a file
    file: Annotated[
        Path | None,
        typer.Argument(help="A file of events, one JSON object on each line, or a night's folder."),
    ] = None,
    councils: NightFile = None,
    standing: NightFile = None,
    results: NightFile = None,
    *,
    events: Annotated[Path | None, typer.Option(help="An event file besides the three.")] = None,
    council_results: Annotated[
        Path | None, typer.Option(help="Results of whole councils besides the three.")
    ] = None,
    parties: PartiesFile = None,
    leave_out_faulty_wards: LeaveOutFaultyWards = False,
) -> None:
    """Sends events to Kafka, from a file of events or from the files of a night or its folder.

    Says what each event changes. The files of a night can be declared again whenever they have
    changed: what differs from the log gets the next revision, and what is known is not sent. If
    any file has a fault nothing is sent; each fault is printed as `file:line: what is wrong`.
    What is odd about a result that counts is a warning on standard error.
    Exit status 3 if anything in the files was set aside, as it does not count, or not yet, or if a
    ward was left out, as was asked for; all the rest counts.
    """
    from readers.findings import UnusableFilesError
    from services.declare.sending import declare_events
    from services.intake.message import TooLargeError
    from services.intake.poll import PollError
    from services.platform.accounts import load_account_settings
    from services.platform.errors import KafkaUnavailableError

    # The account that may read the log and write to it, as an operator at a console does.
    settings = load_account_settings("audit")
    files = _in_folder(Files(file, councils, standing, results, events, council_results, parties))
    try:
        read, left_out = _read(settings, files, leave_out=leave_out_faulty_wards)
        declared = asyncio.run(declare_events(settings, read, number=files.file is None))
    except (UnusableFilesError, PollError, TooLargeError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    except KafkaUnavailableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
    _print(declared, left_out, settings.namespace)
    if left_out or any(each.outcome == "set aside" for each in declared):
        raise typer.Exit(ExitStatus.LEFT_OUT)


def _in_folder(files: Files) -> Files:
    """Returns the three files of a night instead of their folder, if one is given."""
    from readers.night import NIGHT_FILES

    if files.file is None or not files.file.is_dir():
        return files
    councils, standing, results = (files.file / name for name in NIGHT_FILES)
    return files._replace(file=None, councils=councils, standing=standing, results=results)


def _print(declared: Sequence[Planned], left_out: Sequence[str], namespace: str) -> None:
    from schemas.events import ballot_of
    from services.audit.printing import print_line, print_lines
    from services.declare.planned import OUTCOMES, count_of

    for each in declared:
        if each.outcome == "set aside":
            print_lines(f"set aside: {each.words}", err=True)
        elif each.words:
            print_lines(f"{each.outcome}: {each.words}")
        for warning in each.warnings:
            print_line(
                f"warning: {ballot_of(each.event) or each.event.council}: {warning}", err=True
            )
    sent = sum(each.is_sent for each in declared)
    counts = ", ".join(f"{count_of(declared, outcome)} {outcome}" for outcome in OUTCOMES)
    typer.echo(f"{sent} declared in {namespace}: {counts}")
    if left_out:
        print_line(f"left out: {', '.join(left_out)}", err=True)


def _read(
    settings: Settings, files: Files, *, leave_out: bool
) -> tuple[Sequence[Event], Sequence[str]]:
    """Returns the events of the files, and what was left out of them for a fault.

    Raises UnusableFilesError, and PollError for a poll that is not near.
    """
    from readers.night import read_night
    from readers.parties_file import beside
    from schemas.uk_time import UK_TIME
    from services.intake.declarations_file import read_declarations
    from services.intake.parties import load_register
    from services.intake.poll import check_poll
    from services.platform.mode import namespace_mode

    today = datetime.now(UK_TIME).date()
    file, councils, standing, results, events, council_results, parties = files
    if file and not any((councils, standing, results, events, council_results)):
        register = load_register(
            settings.model_copy(update={"parties_file": parties or settings.parties_file})
        )
        return read_declarations(file, settings.namespace, today, register), ()
    if file or not (councils and standing and results):
        raise typer.BadParameter(
            "give a file of events, a folder, or --councils, --standing and --results"
        )
    night = read_night(
        councils,
        standing,
        results,
        events,
        council_results=council_results,
        parties=parties or beside(councils) or settings.parties_file,
        leave_out_faulty_wards=leave_out,
        mode=namespace_mode(settings.namespace),
    )
    for warning in night.warnings:
        typer.echo(str(warning), err=True)
    for opening in night.openings:
        check_poll(opening.council, settings.namespace, today)
    return (*night.openings, *night.declarations), night.left_out
