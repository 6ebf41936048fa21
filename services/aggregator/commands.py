"""`livecount aggregator run`."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Adds the aggregator's commands to the command line."""
    aggregator = typer.Typer(
        help="Counts declarations into totals and alerts.", no_args_is_help=True
    )
    aggregator.command("run")(run)
    # One command alone would be taken for the group itself.
    aggregator.callback()(_group)
    app.add_typer(aggregator, name="aggregator")


def run() -> None:
    """Counts declarations until it is stopped."""
    from services.aggregator.service import run_aggregator
    from services.platform.log import configure_log
    from services.platform.settings import load_settings

    settings = load_settings()
    configure_log("aggregator", settings.log_level, settings.log_format)
    run_aggregator(settings)


def _group() -> None:
    pass
