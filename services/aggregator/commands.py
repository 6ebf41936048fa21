"""The command `livecount aggregator run`."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Adds the aggregator's commands to the command line."""
    aggregator = typer.Typer(
        help="Counts declarations into totals and alerts.", no_args_is_help=True
    )
    aggregator.command("run")(run)
    # Without a callback, typer would take the only command for the group itself.
    aggregator.callback()(_group)
    app.add_typer(aggregator, name="aggregator")


def run() -> None:
    """Counts declarations until it is stopped."""
    from services.aggregator.service import run_aggregator
    from services.platform.accounts import load_account_settings
    from services.platform.log import configure_log

    settings = load_account_settings("aggregator")
    configure_log("aggregator", settings.log_level, settings.log_format)
    run_aggregator(settings)


def _group() -> None:
    pass
