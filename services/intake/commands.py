"""The command `livecount intake run`."""

from __future__ import annotations

import typer

from services.platform.exit_status import ExitStatus


def register(app: typer.Typer) -> None:
    """Adds intake's command to the command line."""
    intake = typer.Typer(help="Takes declarations over HTTP.", no_args_is_help=True)
    intake.command("run")(run)
    app.add_typer(intake, name="intake")


def run() -> None:
    """Takes declarations over HTTP until it is stopped."""
    from readers.findings import UnusableFilesError
    from services.access.keys_file import KeysError
    from services.intake.server import ExposedError
    from services.intake.server import run as serve
    from services.platform.accounts import load_account_settings
    from services.platform.errors import KafkaUnavailableError
    from services.platform.log import configure_log

    settings = load_account_settings("intake")
    configure_log("intake", settings.log_level, settings.log_format)
    try:
        serve(settings)
    except (ExposedError, UnusableFilesError, KeysError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    except KafkaUnavailableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
