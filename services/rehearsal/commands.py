"""The commands `livecount replay`, `livecount rehearse` and `livecount demo`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.platform.exit_status import ExitStatus
from services.platform.night_options import LeaveOutFaultyWards, PartiesFile
from services.rehearsal.order import Order

if TYPE_CHECKING:
    from readers.night import Night
    from schemas.events import Event
    from services.platform.settings import Settings
    from services.rehearsal.schedule import Scheduled

DEMO_SPEED = 300.0
"""How many times as fast as the night the demo plays: five hours take about a minute."""

REPLAY_SPEED = 60.0
"""How many times as fast as the night a replay is unless told otherwise: a minute a second."""


def register(app: typer.Typer) -> None:
    """Adds the rehearsal's commands to the command line."""
    app.command("replay")(replay)
    app.command("rehearse")(rehearse)
    app.command("demo")(demo)


def parse_speed(text: str | float) -> float:
    """Returns how many times as fast as the night to send; `max` is infinite.

    Raises typer.BadParameter for anything but `max` and positive numbers.
    """
    # Typer passes defaults, which are numbers, to this parser too.
    if text in {"max", math.inf}:
        return math.inf
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < math.inf:
        raise typer.BadParameter(f"{text!r}; give max, or how many times as fast, such as 60")
    return speed


Speed = Annotated[
    float,
    typer.Option(
        "--speed",
        parser=parse_speed,
        metavar="max|N",
        help="How many times as fast as the night was, or max to send without waiting. A night"
        " without times gets invented ones, and a warning.",
    ),
]


def replay(
    night: Annotated[
        str,
        typer.Argument(
            help="A night of nights/, such as barnet-2014, or a folder of `livecount archive`."
        ),
    ],
    speed: Speed = REPLAY_SPEED,
    order: Annotated[
        Order, typer.Option(help="The recorded order, a shuffled one, or the reverse.")
    ] = Order.RECORDED,
    seed: Annotated[
        int, typer.Option(help="Selects the shuffle, the duplicates and invented times.")
    ] = 1,
    duplicates: Annotated[
        float, typer.Option(min=0, max=1, help="Fraction of messages that are sent twice.")
    ] = 0.0,
) -> None:
    """Sends a past night to the services of a rehearsal namespace (`rehearsal` unless set).

    An archive is sent as it was recorded, with its sources and what the desk decided, at its own
    pace, so that the same alerts follow under the same ids. The namespace must have no
    declarations then.
    """
    settings = _rehearsal_settings()
    if Path(night).is_dir():
        if order is not Order.RECORDED or duplicates:
            raise typer.BadParameter(
                "an archive is sent as recorded; leave out --order and --duplicates"
            )
        _replay_archive(settings, Path(night), speed)
    else:
        _replay_night(settings, night, _scheduled(night, speed, order, seed, duplicates))


def _scheduled(
    night: str, speed: float, order: Order, seed: int, duplicates: float
) -> tuple[Scheduled[Event], ...]:
    import random

    from services.rehearsal.schedule import arrange, duplicate, schedule

    loaded = _past_night(night)
    recorded = timed_declarations(loaded.declarations, speed, seed)
    rng = random.Random(seed)  # noqa: S311 -- a rehearsal must be repeatable, not secret
    declarations = duplicate(arrange(recorded, order, rng), duplicates, rng)
    return schedule(loaded.openings, declarations, recorded, speed)


def timed_declarations(
    declarations: Sequence[Event], speed: float, seed: int = 1
) -> Sequence[Event]:
    """Returns declarations with times to be sent by: invented ones, with a warning, if need be."""
    import random

    from services.rehearsal.invented_times import MARK, states_no_time, with_invented_times

    if math.isinf(speed) or not states_no_time(declarations):
        return declarations
    typer.echo(
        "warning: the files do not say when anything was declared. All times from here on, those"
        f" of alerts too, are invented, from 22.30 to 06.00; sources say “{MARK}”. They are the"
        " same next time; --speed max sends everything at once, without any.",
        err=True,
    )
    return with_invented_times(declarations, random.Random(seed))  # noqa: S311 -- as above


def _replay_night(settings: Settings, night: str, scheduled: tuple[Scheduled[Event], ...]) -> None:
    import asyncio
    import time

    from aiokafka.errors import KafkaError

    from services.intake.producer import DeclarationProducer
    from services.platform.errors import KafkaUnavailableError
    from services.platform.topics import create_topics
    from services.rehearsal.player import play

    async def send() -> None:
        await create_topics(settings)
        typer.echo(f"Replaying {night} in namespace {settings.namespace}.")
        async with DeclarationProducer(settings, client_id="livecount-replay") as producer:
            await play(scheduled, producer.publish, clock=time.monotonic, sent=lambda _: None)
        typer.echo(f"{len(scheduled)} messages sent.")

    try:
        asyncio.run(send())
    except (KafkaError, KafkaUnavailableError) as error:
        typer.echo(f"{error}; is Kafka running? Try livecount stack up", err=True)
        raise typer.Exit(ExitStatus.FAILED) from error


def _rehearsal_settings() -> Settings:
    """Returns the administrator's settings, in the namespace `rehearsal` if they name `live`."""
    from services.platform.accounts import ADMIN, load_account_settings

    settings = load_account_settings(ADMIN)
    if settings.namespace == "live":
        settings = settings.model_copy(update={"namespace": "rehearsal"})
    return settings


def _replay_archive(settings: Settings, folder: Path, speed: float) -> None:
    import asyncio

    from schemas.printable import printable
    from services.archive.errors import ArchiveError
    from services.platform.errors import KafkaUnavailableError
    from services.platform.topics import TopicError
    from services.rehearsal.archived import replay_archive

    typer.echo(f"Replaying {folder} in namespace {settings.namespace}.")
    try:
        sent = asyncio.run(replay_archive(settings, folder, speed))
    except ArchiveError as error:
        for line in str(error).split("\n"):
            typer.echo(printable(line), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    except (KafkaUnavailableError, TopicError, OSError) as error:
        typer.echo(printable(str(error)), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
    typer.echo(f"{sent} messages sent.")


def rehearse(  # noqa: PLR0913 -- each is an option of the command
    councils: Annotated[Path, typer.Option(help="The night's councils.csv.")],
    standing: Annotated[Path, typer.Option(help="The night's standing.csv.")],
    results: Annotated[Path, typer.Option(help="The night's results.csv.")],
    events: Annotated[
        Path | None, typer.Option(help="Events in order of arrival, JSON Lines.")
    ] = None,
    speed: Speed = math.inf,
    *,
    parties: PartiesFile = None,
    leave_out_faulty_wards: LeaveOutFaultyWards = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Counts the files of a night through a real Kafka, aggregator, Redis and notifier."""
    import asyncio
    import secrets

    from services.platform.errors import KafkaUnavailableError
    from services.platform.local_folder import local_folder
    from services.platform.stack.ensure import kafka_and_redis
    from services.platform.stack.stack import StackError
    from services.platform.stack.supervisor import ServiceGaveUpError
    from services.rehearsal.rehearse import StalledError
    from services.rehearsal.rehearse import rehearse as run
    from services.rehearsal.report import print_report

    options = {"parties": parties, "leave_out_faulty_wards": leave_out_faulty_wards}
    night = _read(councils, standing, results, events, **options)
    declarations = timed_declarations(night.declarations, speed)
    name = f"rehearsal-{secrets.token_hex(4)}"
    logs = local_folder() / "rehearsals" / name
    try:
        with kafka_and_redis() as configured:
            settings = configured.model_copy(update={"namespace": name})
            rehearsed = asyncio.run(
                run(night.openings, declarations, settings, speed=speed, logs=logs)
            )
    except (KafkaUnavailableError, StackError, StalledError, ServiceGaveUpError) as error:
        typer.echo(f"{error} (logs: {logs})", err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
    print_report(
        list(rehearsed.totals.values()), rehearsed.alerts, rehearsed.nights, as_json=as_json
    )
    if rehearsed.rejected:
        typer.echo(f"{rehearsed.rejected} messages were rejected; logs: {logs}", err=True)
        raise typer.Exit(ExitStatus.FAILED)


def _read(
    councils: Path, standing: Path, results: Path, events: Path | None, **options: Any
) -> Night:
    """Returns the night in the files; `options` are further arguments of `read_night`."""
    from readers.findings import UnusableFilesError
    from readers.night import read_night

    try:
        night = read_night(councils, standing, results, events, **options, mode="rehearsal")
    except UnusableFilesError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    for warning in night.warnings:
        typer.echo(f"warning: {warning}", err=True)
    return night


def _past_night(name: str) -> Night:
    from readers.night import UnknownNightError, load_night

    try:
        return load_night(name)
    except UnknownNightError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error


def demo(
    speed: Speed = DEMO_SPEED,
    *,
    serve: Annotated[
        bool | None,
        typer.Option(help="Keep serving until Ctrl-C; by default only in a terminal."),
    ] = None,
) -> None:
    """Shows the count of Barnet on 22 May 2014, which its last ward decided."""
    import asyncio

    from rich.console import Console

    from services.platform.local_folder import local_folder, stack_directory
    from services.platform.stack.stack import Stack, StackError
    from services.platform.stack.supervisor import ServiceGaveUpError
    from services.rehearsal.demo.demo import Demo, DemoError, interactive

    console = Console()
    barnet = _past_night("barnet-2014")
    try:
        with Stack(stack_directory(), console=console) as stack:
            run = Demo(barnet, stack.endpoints, local_folder(), console, speed)
            asyncio.run(run.run(serve=interactive() if serve is None else serve))
    except KeyboardInterrupt:
        console.print("Stopped.")
    except (StackError, ServiceGaveUpError, DemoError) as error:
        console.print(str(error), style="red")
        raise typer.Exit(ExitStatus.FAILED) from error
