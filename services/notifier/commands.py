"""`livecount notifier run`, `check` and `test`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.platform.exit_status import ExitStatus

if TYPE_CHECKING:
    from services.notifier.channels import Channel

ChannelsFile = Annotated[
    Path | None, typer.Option("--channels", help="TOML file; else the setting, else the console.")
]


def register(app: typer.Typer) -> None:
    """Adds the notifier's commands to the command line."""
    notifier = typer.Typer(help="Who is told what, where, once.", no_args_is_help=True)
    notifier.command("run")(run)
    notifier.command("check")(check)
    notifier.command("test")(send_test)
    app.add_typer(notifier, name="notifier")


def run(channels: ChannelsFile = None) -> None:
    """Sends alerts to the channels until it is stopped."""
    import structlog
    from aiokafka.errors import KafkaError

    from services.notifier.senders.open import cautions
    from services.notifier.service import UnfinishedError, run_notifier
    from services.platform.accounts import load_account_settings
    from services.platform.errors import ServiceError
    from services.platform.log import configure_log
    from services.platform.tracing import tracing

    settings = load_account_settings("notifier")
    configure_log("notifier", settings.log_level, settings.log_format)
    loaded = _load(channels or settings.notifier_channels_file)
    for name, unsafe in cautions(loaded).items():
        for caution in unsafe:
            structlog.get_logger(__name__).warning("channel %s: %s", name, caution)
    errors: list[BaseException] = []
    try:
        with tracing(settings, "notifier"):
            asyncio.run(run_notifier(settings, loaded))
    except* (ServiceError, KafkaError, UnfinishedError) as group:
        errors += group.exceptions
    for error in errors:
        typer.echo(str(error), err=True)
    if errors:
        raise typer.Exit(ExitStatus.FAILED)


def check(channels: ChannelsFile = None) -> None:
    """Checks the channels file and says what each channel will be given; sends nothing."""
    from services.notifier.senders.open import cautions
    from services.platform.settings import load_settings

    loaded = _load(channels or load_settings().notifier_channels_file)
    unsafe = cautions(loaded)
    for channel in loaded:
        typer.echo(f"{channel.name}: {channel.summary()}")
        for caution in unsafe.get(channel.name, ()):
            typer.echo(f"{channel.name}: warning: {caution}", err=True)


def send_test(channels: ChannelsFile = None) -> None:
    """Sends a marked test message to each channel, and says which of them took it."""
    from services.notifier.senders.open import send_tests
    from services.platform.settings import load_settings

    loaded = _load(channels or load_settings().notifier_channels_file)
    outcomes = asyncio.run(send_tests(loaded))
    for name, failure in outcomes.items():
        typer.echo(f"{name}: {failure or 'taken'}", err=bool(failure))
    if any(outcomes.values()):
        raise typer.Exit(ExitStatus.FAILED)


def _load(file: Path | None) -> tuple[Channel, ...]:
    from services.notifier.channels_file import ChannelsError, load_channels
    from services.notifier.senders.open import unusable

    try:
        channels = load_channels(file)
    except ChannelsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    faults = unusable(channels)
    for name, why in faults.items():
        typer.echo(f"{file}: channel {name!r}: {why}", err=True)
    if faults:
        raise typer.Exit(ExitStatus.UNUSABLE)
    return channels
