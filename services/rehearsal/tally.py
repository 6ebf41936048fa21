"""The command `livecount tally`: counts the files of a night by the rules, without services."""

# ruff: noqa: PLC0415 -- every service loads the command line, and needs none of these imports.

from __future__ import annotations

import gc
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.platform.exit_status import ExitStatus
from services.platform.night_options import LeaveOutFaultyWards, PartiesFile

if TYPE_CHECKING:
    from election.council import Council
    from readers.night import Night
    from schemas.alert import Alert
    from schemas.totals import CouncilTotals


@dataclass(frozen=True, slots=True)
class Tally:
    """A counted night. `conflicts` says which events were not counted, and why."""

    councils: tuple[CouncilTotals, ...]
    alerts: tuple[Alert, ...]
    conflicts: tuple[str, ...]


def fold(night: Night) -> Tally:
    """Returns a night as counted: councils in the order of openings, alerts as they were raised."""
    from election.fold import apply
    from election.totals import council_totals

    councils: dict[str, Council] = {}
    alerts: list[Alert] = []
    conflicts: list[str] = []
    for event in (*night.openings, *night.declarations):
        council, effects = apply(event, councils.get(event.council))
        councils[event.council] = council
        alerts.extend(effects.alerts)
        if effects.rejection is not None:
            _, wrong = effects.rejection
            conflicts += [f"{event.council}: {line}" for line in wrong.splitlines()]
        if effects.failure is not None:
            raise effects.failure
    totals = (council_totals(council) for council in councils.values())
    return Tally(
        tuple(each for each in totals if each is not None), tuple(alerts), tuple(conflicts)
    )


def tally(  # noqa: PLR0913 - one argument a file
    councils: Annotated[Path, typer.Option(help="The night's councils, CSV.")],
    standing: Annotated[Path, typer.Option(help="What each party held before, CSV.")],
    results: Annotated[Path, typer.Option(help="Wards, candidates and results, CSV.")],
    events: Annotated[
        Path | None,
        typer.Option(help="Events in order of arrival, JSON Lines."),
    ] = None,
    *,
    council_results: Annotated[
        Path | None, typer.Option(help="Results of councils without their wards, CSV.")
    ] = None,
    parties: PartiesFile = None,
    leave_out_faulty_wards: LeaveOutFaultyWards = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Counts the files of a night, without Kafka or Redis, and prints who controls each council.

    Warnings and faults go to standard error, as file:line: what is wrong. Exit status: 0 all
    counted, 2 unusable arguments or files, 1 anything else.
    """
    from schemas.printable import printable
    from services.rehearsal.report import print_report

    # A tally keeps its objects until it ends, so garbage collection would only take time.
    gc.disable()
    try:
        night = _read(
            councils,
            standing,
            results,
            events,
            council_results=council_results,
            parties=parties,
            leave_out_faulty_wards=leave_out_faulty_wards,
        )
        counted = fold(night)
        print_report(counted.councils, counted.alerts, as_json=as_json)
    finally:
        gc.enable()
    for conflict in counted.conflicts:
        typer.echo(printable(f"not counted: {conflict}"), err=True)
    if counted.conflicts:
        raise typer.Exit(ExitStatus.FAILED)


def _read(
    councils: Path, standing: Path, results: Path, events: Path | None, **options: Any
) -> Night:
    """Returns the night in the files; `options` are further arguments of `read_night`."""
    from readers.findings import UnusableFilesError
    from readers.night import read_night

    try:
        night = read_night(councils, standing, results, events, **options, mode="rehearsal")
    except UnusableFilesError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    for warning in night.warnings:
        typer.echo(f"{warning.file}:{warning.line}: warning: {warning.message}", err=True)
    return night
