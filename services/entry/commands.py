"""`livecount entry run`."""

from __future__ import annotations

import typer

from services.platform.exit_status import ExitStatus


def register(app: typer.Typer) -> None:
    """Adds the commands of entry to the command line."""
    entry = typer.Typer(
        help="The pages of the desk, and of stringers at the counts.", no_args_is_help=True
    )
    entry.command("run")(run)
    app.add_typer(entry, name="entry")


def run() -> None:
    """Serves the pages of the desk and of stringers until it is stopped."""
    from services.access.keys_file import KeysError
    from services.entry.server import run as serve
    from services.platform.accounts import load_account_settings
    from services.platform.errors import KafkaUnavailableError
    from services.platform.log import configure_log

    settings = load_account_settings("entry")
    configure_log("entry", settings.log_level, settings.log_format)
    try:
        serve(settings)
    except KeysError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    except KafkaUnavailableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
