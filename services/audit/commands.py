"""`livecount verify`, `explain`, `council` and `rejects`."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from services.platform.exit_status import ExitStatus

if TYPE_CHECKING:
    from schemas.reject import Reject
    from services.audit.rejects import Place

T = TypeVar("T")

Council = Annotated[str, typer.Argument(help="A council's id, or its short name such as barnet.")]
PlaceText = Annotated[str, typer.Argument(help="partition/offset, as `rejects list` shows it.")]


def register(app: typer.Typer) -> None:
    """Adds the audit's commands to the command line."""
    rejects = typer.Typer(
        help="What could not be counted: look at it, and send it again.", no_args_is_help=True
    )
    rejects.command("list")(rejects_list)
    rejects.command("show")(rejects_show)
    rejects.command("replay")(rejects_replay)
    app.command("verify")(verify)
    app.command("explain")(explain)
    app.command("council")(council)
    app.add_typer(rejects, name="rejects")


def verify() -> None:
    """Compares Redis and the outputs with a fold of the log, and says what differs.

    May be run at any moment of the night. Exit status 1 where anything differs.
    """
    from services.audit.verify import verify as compare
    from services.platform.settings import load_settings

    verdict = _run(compare(load_settings()))
    for difference in verdict.differences:
        typer.echo(str(difference))
    typer.echo(
        f"{len(verdict.differences)} differences; {verdict.declarations} declarations,"
        f" {verdict.councils} councils, {verdict.alerts} alerts, {verdict.rejects} rejects;"
        f" {verdict.waiting} declarations not yet counted",
        err=bool(verdict.differences),
    )
    if verdict.differences:
        raise typer.Exit(ExitStatus.FAILED)


def explain(name: Council) -> None:
    """Lists the declarations that a council's numbers rest on, and the alerts they caused."""
    from services.audit.printing import print_provenance
    from services.audit.provenance import provenance
    from services.platform.settings import load_settings

    print_provenance(_run(provenance(load_settings(), name)))


def council(
    name: Council,
    as_of: Annotated[
        str | None, typer.Option(help="Up to then, as declared; UK time without an offset.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the totals as JSON.")] = False,
) -> None:
    """Shows a council as the log has it, now or as of a time.

    Each declaration counts from the time that it states, else from when Kafka took it.
    """
    from election.totals import council_totals
    from services.audit.printing import print_council
    from services.audit.provenance import provenance
    from services.audit.times import moment
    from services.platform.settings import load_settings

    try:
        until = moment(as_of) if as_of else None
    except ValueError as error:
        raise _unusable(error) from error
    found = _run(provenance(load_settings(), name, as_of=until))
    totals = council_totals(found.council) if found.council else None
    if totals is None:
        typer.echo(f"{found.name}: not opened", err=True)
        raise typer.Exit(ExitStatus.FAILED)
    if as_json:
        typer.echo(totals.model_dump_json(indent=2))
    else:
        print_council(totals)


def rejects_list() -> None:
    """Lists what was set aside: where it stands in declarations, and what was wrong."""
    from services.audit.rejects import all_rejects
    from services.platform.settings import load_settings

    for place, reject in _run(all_rejects(load_settings())).items():
        detail = reject.detail.partition("\n")[0]
        at = reject.timestamp.isoformat(timespec="seconds") if reject.timestamp else "-"
        typer.echo(f"{place}\t{at}\t{reject.reason}\t{detail}")


def rejects_show(place: PlaceText) -> None:
    """Shows a reject whole: why it was set aside, its headers and its bytes as they came."""
    _, reject = _find(place)
    key = "-" if reject.key is None else repr(reject.key)[1:]
    typer.echo(f"reason: {reject.reason}\n{reject.detail}\nkey: {key}", err=True)
    for name, content in reject.headers:
        typer.echo(f"{name}: {content.decode('utf-8', 'backslashreplace')}", err=True)
    if reject.value is None:
        typer.echo("value: too large to be kept here; it stays in the log", err=True)
    else:
        # Alone on standard output, so that it can be written to a file and corrected.
        typer.echo(reject.value)


def rejects_replay(
    place: PlaceText,
    file: Annotated[
        Path | None, typer.Option(help="Send this file's JSON in place of the bytes kept.")
    ] = None,
) -> None:
    """Sends a reject to declarations again, with its key made right, or a correction of it.

    Bytes that would be set aside again are refused with status 2.
    """
    from services.audit.rejects import UnusableError, outgoing, replay
    from services.platform.settings import load_settings

    where, reject = _find(place)
    try:
        message = outgoing(reject, file.read_bytes() if file else None)
    except (UnusableError, OSError) as error:
        raise _unusable(error) from error
    stands = _run(replay(load_settings(), message))
    typer.echo(f"{where} is now {stands}, acknowledged by Kafka")


def _find(text: str) -> tuple[Place, Reject]:
    from services.audit.rejects import UnusableError, all_rejects, place_of
    from services.platform.settings import load_settings

    try:
        place = place_of(text)
    except UnusableError as error:
        raise _unusable(error) from error
    found = _run(all_rejects(load_settings())).get(place)
    if found is None:
        raise _unusable(ValueError(f"place: no reject stands at {place}; see `rejects list`"))
    return place, found


def _run(asked: Coroutine[Any, Any, T]) -> T:
    """Returns what a coroutine does; tells in one line that Kafka or Redis does not answer."""
    from redis.exceptions import RedisError

    from services.audit.council_name import UnknownCouncilError
    from services.platform.errors import KafkaUnavailableError

    try:
        return asyncio.run(asked)
    except UnknownCouncilError as error:
        raise _unusable(error) from error
    except (KafkaUnavailableError, RedisError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error


def _unusable(error: Exception) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(ExitStatus.UNUSABLE)
