"""The commands `livecount archive` and `livecount restore`."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from services.platform.exit_status import ExitStatus

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    """Adds the archive's commands to the command line."""
    app.command("archive")(archive)
    app.command("restore")(restore)


def archive(
    out: Annotated[Path, typer.Option(help="The folder to write, which must not be there yet.")],
    election: Annotated[
        str | None,
        typer.Argument(help="An election, such as local.2026-05-07; all of them if left out."),
    ] = None,
) -> None:
    """Writes a finished night as files: its log, results, alerts, and pages without a server.

    Changes nothing, and can be run while services run. What is declared meanwhile is not in it.
    """
    from services.archive.pages import INDEX
    from services.archive.writing import write_archive
    from services.platform.accounts import load_account_settings

    settings = load_account_settings("audit")
    manifest = _run(write_archive(settings, out, election))
    counts = manifest.counts
    typer.echo(
        f"{out}: {counts.declarations} declarations, {counts.alerts} alerts,"
        f" {counts.councils_complete} of {counts.councils} councils complete,"
        f" {counts.wards_declared} of {counts.wards} wards declared"
    )
    typer.echo(f"Open {out / INDEX} in a browser.")
    for address in manifest.left_out:
        typer.echo(f"no page of {address}: see the log above", err=True)


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `livecount archive` wrote.")],
) -> None:
    """Makes an archive into the log of a namespace that has nothing yet: this is the backup.

    Stop the services of the namespace first. Exit status 2 if the archive has changed since, or
    if the namespace is not empty.
    """
    from services.archive.restoring import restore as put_back
    from services.platform.accounts import ADMIN, load_account_settings

    settings = load_account_settings(ADMIN)
    restored = _run(put_back(settings, folder))
    listed = ", ".join(f"{number} {kind}" for kind, number in restored.records.items())
    typer.echo(f"Restored in namespace {settings.namespace}: {listed}.")
    if restored.has_other_offsets:
        typer.echo("Offsets are others than they were, as the archive is of one election of more.")
    if broken := restored.manifest.counts.broken:
        typer.echo(
            f"{broken} declarations had been set aside because livecount failed; they are counted"
            " now if this version can."
        )
    typer.echo(
        "Start the aggregator and the nation, and once they have counted all run"
        " `livecount verify`."
    )


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Returns the result of a coroutine; errors are printed as one line each."""
    import asyncio

    from redis.exceptions import RedisError

    from schemas.printable import printable
    from services.archive.errors import ArchiveError
    from services.platform.errors import KafkaUnavailableError
    from services.platform.topics import TopicError

    try:
        return asyncio.run(work)
    except ArchiveError as error:
        for line in str(error).split("\n"):
            typer.echo(printable(line), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    except (KafkaUnavailableError, TopicError, RedisError, OSError) as error:
        typer.echo(printable(str(error)), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
