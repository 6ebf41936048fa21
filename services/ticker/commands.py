"""`livecount ticker run`, `livecount watch` and `livecount draft`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from drafts.words import DraftLanguage
from services.platform.exit_status import ExitStatus


def register(app: typer.Typer) -> None:
    """Adds the ticker's commands to the command line."""
    ticker = typer.Typer(help="The page, the data and the stream.", no_args_is_help=True)
    ticker.command("run")(run)
    app.add_typer(ticker, name="ticker")
    app.command("watch")(watch)
    app.command("draft")(draft)


def run() -> None:
    """Serves the page, the data and the stream until it is stopped."""
    from services.platform.accounts import load_account_settings
    from services.platform.log import configure_log
    from services.ticker.finding.postcodes import PostcodesError
    from services.ticker.server import run as serve

    settings = load_account_settings("ticker")
    configure_log("ticker", settings.log_level, settings.log_format)
    try:
        serve(settings)
    except PostcodesError as error:
        typer.echo(f"postcodes_file: {error}", err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error


def watch(
    council: Annotated[str, typer.Argument(help="As `barnet`, or a council election's id.")],
    ward: Annotated[str, typer.Argument(help="As `childs-hill`, or a ballot's id.")],
) -> None:
    """Tells how a ward stands and every change of its count, until Ctrl-C."""
    from redis.exceptions import RedisError

    from schemas.printable import printable
    from services.platform.accounts import load_account_settings
    from services.ticker import watch as watching

    async def follow() -> None:
        async for line in watching.watch(load_account_settings("ticker"), council, ward):
            # Names are written by others, and a terminal obeys control characters.
            typer.echo(printable(line))

    try:
        asyncio.run(follow())
    except KeyboardInterrupt:
        return
    except watching.UnknownWardError as error:
        typer.echo(printable(str(error)), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    except RedisError as error:
        typer.echo(f"Redis cannot be read: {error}; check LIVECOUNT_REDIS_URL", err=True)
        raise typer.Exit(1) from error


def draft(
    of: Annotated[
        str,
        typer.Argument(
            metavar="[COUNCIL|ELECTION]",
            help="A council as `barnet` or its id, or an election as `local.2014-05-22`.",
            show_default=False,
        ),
    ] = "",
    *,
    language: Annotated[
        DraftLanguage, typer.Option(help="The language: `en` is English, `cy` is Welsh.")
    ] = "en",
    templates: Annotated[
        Path | None,
        typer.Option(help="A folder of templates in place of LIVECOUNT_DRAFTS_DIR."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only check the templates, and draft nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Prints a story of a council, or of a night, drawn from the published totals.

    With --check it says what is wrong in the templates, with file, line and remedy. Exit status:
    0 printed or nothing wrong, 2 unusable arguments or templates, 1 anything else.
    """
    from redis.exceptions import RedisError

    from drafts.folder import UnusableTemplatesError
    from schemas.printable import printable
    from services.ticker.drafts import printing

    try:
        if check:
            typer.echo(printing.checked(templates))
            return
        found = asyncio.run(printing.drawn(of, language, templates))
        typer.echo(printing.as_json(found) if as_json else printing.as_text(found))
    except (UnusableTemplatesError, printing.NoSuchNameError) as error:
        for line in str(error).splitlines():
            typer.echo(printable(line), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    except RedisError as error:
        typer.echo(f"Redis cannot be read: {error}; check LIVECOUNT_REDIS_URL", err=True)
        raise typer.Exit(1) from error
