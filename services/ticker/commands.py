"""`livecount ticker run`."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Adds the ticker's commands to the command line."""
    ticker = typer.Typer(help="The page, the data and the stream.", no_args_is_help=True)
    ticker.command("run")(run)
    app.add_typer(ticker, name="ticker")


def run() -> None:
    """Serves the page, the data and the stream until it is stopped."""
    from services.platform.log import configure_log
    from services.platform.settings import load_settings
    from services.ticker.server import run as serve

    settings = load_settings()
    configure_log("ticker", settings.log_level, settings.log_format)
    serve(settings)
