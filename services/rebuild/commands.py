"""The command `livecount rebuild`."""

from __future__ import annotations

import asyncio

import typer

from services.platform.exit_status import ExitStatus


def register(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command("rebuild")(rebuild)


def rebuild() -> None:
    """Writes Redis anew from the logs, also while workers count; publishes nothing.

    A count of another log, as before the topics were made again, is removed from Redis first.
    """
    from services.aggregator.rebuild import rebuild_all, remove_other
    from services.nation.commands import plan_in
    from services.nation.rebuild import rebuild_nights
    from services.nation.rules import Rules
    from services.platform.accounts import load_account_settings
    from services.platform.errors import ServiceError

    try:
        settings = load_account_settings("aggregator")
        plan = plan_in(settings.nation_file)
        if asyncio.run(remove_other(settings)):
            typer.echo("Redis held the count of another log; it is removed")
        rebuilt = asyncio.run(rebuild_all(settings))
        nights = asyncio.run(rebuild_nights(settings, Rules(plan)))
    except ServiceError as error:
        typer.echo(str(error), err=True)
        is_unusable = error.exit_status is ExitStatus.UNUSABLE
        raise typer.Exit(ExitStatus.UNUSABLE if is_unusable else ExitStatus.FAILED) from error
    typer.echo(f"{rebuilt.councils} councils rebuilt")
    if nights.councils:
        typer.echo(f"nights of {nights.councils} councils rebuilt")
    if rebuilt.broken or nights.broken:
        typer.echo(
            f"{rebuilt.broken + nights.broken} messages left out, as this version fails for them:"
            " the log above says why; report it, and rebuild again once a version that mends it"
            " runs",
            err=True,
        )
        raise typer.Exit(ExitStatus.FAILED)
