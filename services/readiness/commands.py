"""The command `livecount ready`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from services.platform.exit_status import ExitStatus
from services.platform.night_options import Day, NightFolder, poll_of

if TYPE_CHECKING:
    from services.platform.settings import Settings
    from services.readiness.checks import Check

_SHOWN_MAX: Final = 20
"""Lines of each check that are printed; entry's page has more."""


def register(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command("ready")(ready)


def ready(
    day: Day,
    folder: NightFolder = None,
    *,
    keys: Annotated[
        Path | None, typer.Option(help="The file of keys; else LIVECOUNT_KEYS_FILE.")
    ] = None,
    channels: Annotated[
        Path | None, typer.Option(help="The file of channels; else the setting.")
    ] = None,
) -> None:
    """Says what is left to do before the polls close; sends nothing.

    Looks whether the councils of the folder are open in the log as its files say, at wards without
    nominations, keys of sources, channels, and what todo.csv still lists. Exit status 0 only if
    nothing is left. Entry has the same as a page.
    """
    from election.text.phrases import counted
    from readers.findings import UnusableFilesError
    from services.platform.accounts import load_account_settings
    from services.platform.errors import KafkaUnavailableError

    poll_of(day)
    settings = load_account_settings("audit")
    settings = settings.model_copy(
        update={
            "keys_file": keys or settings.keys_file,
            "notifier_channels_file": channels or settings.notifier_channels_file,
        }
    )
    try:
        checks = asyncio.run(_checks(settings, folder or Path(day)))
    except UnusableFilesError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    except KafkaUnavailableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
    _print(checks)
    left = sum(len(check.left) for check in checks)
    typer.echo(f"{counted(left, 'thing')} left to do" if left else "ready")
    if left:
        raise typer.Exit(ExitStatus.FAILED)


async def _checks(settings: Settings, folder: Path) -> tuple[Check, ...]:
    """Reads the files, then the log to its end.

    Raises UnusableFilesError and KafkaUnavailableError.
    """
    from services.audit.councils import CouncilsInTheLog
    from services.readiness.checks import all_checks
    from services.readiness.night_files import read_night_files

    files = read_night_files(folder, settings)
    async with CouncilsInTheLog(settings, {each.council for each in files.night.openings}) as log:
        await log.read_to_end()
        return all_checks(files, log.councils, settings)


def _print(checks: tuple[Check, ...]) -> None:
    from services.audit.printing import print_line

    for check in checks:
        print_line(f"{'to do' if check.left else 'ok'}: {check.found}")
        for line in check.left[:_SHOWN_MAX]:
            print_line(f"  {line}")
        if len(check.left) > _SHOWN_MAX:
            typer.echo(f"  and {len(check.left) - _SHOWN_MAX} more")
