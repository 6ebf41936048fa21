"""The commands `livecount aggregator run` and `livecount rebuild`."""

from __future__ import annotations

import asyncio

import typer

from services.platform.exit_status import ExitStatus


def register(app: typer.Typer) -> None:
    """Adds the aggregator's commands to the command line."""
    aggregator = typer.Typer(
        help="Counts declarations into totals and alerts.", no_args_is_help=True
    )
    aggregator.command("run")(run)
    # Without a callback, typer would take the only command for the group itself.
    aggregator.callback()(_group)
    app.add_typer(aggregator, name="aggregator")
    app.command("rebuild")(rebuild)


def run() -> None:
    """Counts declarations until it is stopped."""
    from services.aggregator.service import run_aggregator
    from services.platform.accounts import load_account_settings
    from services.platform.log import configure_log

    settings = load_account_settings("aggregator")
    configure_log("aggregator", settings.log_level, settings.log_format)
    run_aggregator(settings)


def rebuild() -> None:
    """Writes Redis anew from the log, also while aggregators count; publishes nothing.

    A count of another log, as before the topics were made again, is removed from Redis first.
    """
    from services.aggregator.rebuild import rebuild_all, remove_other
    from services.platform.accounts import load_account_settings
    from services.platform.errors import ServiceError

    try:
        settings = load_account_settings("aggregator")
        if asyncio.run(remove_other(settings)):
            typer.echo("Redis held the count of another log; it is removed")
        rebuilt = asyncio.run(rebuild_all(settings))
    except ServiceError as error:
        typer.echo(str(error), err=True)
        is_unusable = error.exit_status is ExitStatus.UNUSABLE
        raise typer.Exit(ExitStatus.UNUSABLE if is_unusable else ExitStatus.FAILED) from error
    typer.echo(f"{rebuilt.councils} councils rebuilt")
    if rebuilt.broken:
        typer.echo(
            f"{rebuilt.broken} declarations left out, as this version fails for them: the log above"
            " says why; report it, and rebuild again once a version that mends it runs",
            err=True,
        )
        raise typer.Exit(ExitStatus.FAILED)


def _group() -> None:
    pass
