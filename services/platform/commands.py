"""`livecount stack` and `livecount topics`."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from services.platform.exit_status import ExitStatus

HEALTH_TIMEOUT_S = 5.0
"""A service that takes longer to answer is not healthy."""


class Service(enum.StrEnum):
    """The services that can be asked for their health."""

    intake = "intake"
    aggregator = "aggregator"
    nation = "nation"
    notifier = "notifier"
    ticker = "ticker"
    entry = "entry"
    push = "push"
    feed = "feed"


stack_app = typer.Typer(no_args_is_help=True, help="Kafka and Redis on this machine, to try with.")
topics_app = typer.Typer(no_args_is_help=True, help="The topics of a namespace.")


def register(app: typer.Typer) -> None:
    """Adds the commands of the platform to the command line."""
    app.add_typer(stack_app, name="stack")
    app.add_typer(topics_app, name="topics")
    app.command("health")(health)


def health(
    service: Annotated[
        Service, typer.Argument(help="The service that runs on this machine at these settings.")
    ],
) -> None:
    """Ask a service whether it is ready. Exit status 1, and why, when it is not."""
    import urllib.error
    import urllib.request

    from services.platform.settings import load_settings

    settings = load_settings()
    ports = {
        Service.intake: settings.intake_port,
        Service.ticker: settings.ticker_port,
        Service.entry: settings.entry_port,
        Service.push: settings.push_port,
    }
    port = ports.get(service, settings.metrics_port)
    address = f"http://127.0.0.1:{port}/health/ready"
    try:
        urllib.request.urlopen(address, timeout=HEALTH_TIMEOUT_S).close()
    except urllib.error.HTTPError as error:
        with error:
            raise _fail(RuntimeError(error.read().decode("utf-8", "replace"))) from error
    except OSError as error:
        raise _fail(RuntimeError(f"{address}: {error}")) from error


def _fail(error: Exception) -> typer.Exit:
    typer.echo(f"error: {error}", err=True)
    return typer.Exit(ExitStatus.FAILED)


@stack_app.command("up")
def stack_up(
    brokers: Annotated[int, typer.Option(help="Kafka brokers: 1, or 3 to lose one.")] = 1,
) -> None:
    """Start Kafka and Redis, or find them running, and write .local/settings.env."""
    from services.platform.local_folder import settings_file, stack_directory
    from services.platform.stack.stack import Stack, StackError

    try:
        endpoints = Stack(stack_directory(), brokers, outlives_parent=True).up()
        endpoints.write(settings_file())
    except StackError as error:
        raise _fail(error) from error
    typer.echo(f"Kafka at {endpoints.kafka_bootstrap_servers}")
    typer.echo(f"Redis at {endpoints.redis_address}")
    typer.echo(f"Settings in {settings_file()}")


@stack_app.command("down")
def stack_down() -> None:
    """Stop Kafka and Redis. Their data and logs stay in .local/stack."""
    from services.platform.local_folder import stack_directory
    from services.platform.stack.stack import Stack, StackError

    try:
        Stack(stack_directory()).down()
    except StackError as error:
        raise _fail(error) from error


@stack_app.command("status")
def stack_status() -> None:
    """Show what runs. Exit status 1 when something does not."""
    from services.platform.local_folder import stack_directory
    from services.platform.stack.stack import Stack

    running = Stack(stack_directory()).running()
    for name, pid in running.items():
        typer.echo(f"{name}: {f'running, process {pid}' if pid else 'not running'}")
    if not running:
        typer.echo("no stack here; start it with livecount stack up")
    if not running or not all(running.values()):
        raise typer.Exit(ExitStatus.FAILED)


@topics_app.command("create")
def topics_create() -> None:
    """Make the missing topics. Exit status 1 when an existing one is not as it should be."""
    import asyncio

    from services.platform.accounts import ADMIN, load_account_settings
    from services.platform.topic_differences import topic_differences
    from services.platform.topics import TopicError, create_topics

    settings = load_account_settings(ADMIN)
    try:
        made = asyncio.run(create_topics(settings))
        differences = asyncio.run(topic_differences(settings))
    except TopicError as error:
        raise _fail(error) from error
    for name in made:
        typer.echo(f"made {name}")
    for line in differences:
        typer.echo(line, err=True)
    if differences:
        raise typer.Exit(ExitStatus.FAILED)


@topics_app.command("list")
def topics_list() -> None:
    """Show each topic and how it differs from what it should be."""
    import asyncio

    from services.platform.accounts import ADMIN, load_account_settings
    from services.platform.topic_differences import topic_differences
    from services.platform.topics import TopicError, planned_topics

    settings = load_account_settings(ADMIN)
    try:
        differences = asyncio.run(topic_differences(settings))
    except TopicError as error:
        raise _fail(error) from error
    for topic in planned_topics(settings):
        typer.echo(f"{topic.name}: {topic.partitions} partitions, {topic.settings}")
    for line in differences:
        typer.echo(line, err=True)
    if differences:
        raise typer.Exit(ExitStatus.FAILED)


@topics_app.command("delete")
def topics_delete(
    *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Remove the namespace's topics and every declaration in them, for good; and its Redis keys."""
    import asyncio

    from redis.exceptions import RedisError

    from services.platform.accounts import ADMIN, load_account_settings
    from services.platform.namespace import clear
    from services.platform.redis import connect
    from services.platform.topics import TopicError, delete_topics

    settings = load_account_settings(ADMIN)
    if not yes:
        typer.confirm(
            f"Remove every declaration of {settings.namespace} for good?", abort=True, err=True
        )
    try:
        removed = asyncio.run(delete_topics(settings))
    except TopicError as error:
        raise _fail(error) from error
    for name in removed:
        typer.echo(f"removed {name}")

    async def clear_redis() -> int:
        async with connect(settings) as client:
            return await clear(client, settings.namespace)

    try:
        typer.echo(f"removed {asyncio.run(clear_redis())} keys of Redis")
    except RedisError as error:
        # What is left there belongs to no log any more, and the aggregator will refuse it.
        raise _fail(
            RuntimeError(f"Redis keeps the count: {error}; run livecount rebuild later")
        ) from error
