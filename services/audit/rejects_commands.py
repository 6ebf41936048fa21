"""The commands `livecount rejects list`, `show` and `replay`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.audit.running import run, unusable
from services.platform.exit_status import ExitStatus

if TYPE_CHECKING:
    from schemas.reject import Reject
    from services.audit.rejects import Place

PlaceText = Annotated[str, typer.Argument(help="partition/offset, as `rejects list` shows it.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    rejects = typer.Typer(
        help="Messages that could not be counted: see them, and send them again.",
        no_args_is_help=True,
    )
    rejects.command("list")(list_rejects)
    rejects.command("show")(show_reject)
    rejects.command("replay")(replay_reject)
    app.add_typer(rejects, name="rejects")


def list_rejects() -> None:
    """Lists the rejects: the place of each in declarations, and what was wrong with it."""
    from schemas.printable import printable
    from services.audit.rejects import all_rejects
    from services.platform.accounts import load_account_settings

    for place, reject in run(all_rejects(load_account_settings("audit"))).items():
        detail = reject.detail.partition("\n")[0]
        at = reject.timestamp.isoformat(timespec="seconds") if reject.timestamp else "-"
        typer.echo(f"{place}\t{at}\t{reject.reason}\t{printable(detail)}")


def show_reject(place: PlaceText) -> None:
    """Shows a reject: why it was rejected, its headers, and its bytes as they came."""
    from services.audit.printing import print_line, print_lines

    _, reject = _find(place)
    key = "-" if reject.key is None else repr(reject.key)[1:]
    print_lines(f"reason: {reject.reason}\n{reject.detail}\nkey: {key}", err=True)
    for name, content in reject.headers:
        print_line(f"{name}: {content.decode('utf-8', 'backslashreplace')}", err=True)
    if reject.value is None:
        typer.echo("value: too large to be kept here; it stays in the log", err=True)
    elif sys.stdout.isatty():
        print_line(reject.value.decode("utf-8", "backslashreplace"))
    else:
        # Nothing else goes to standard output, so that it can be saved to a file and corrected.
        typer.echo(reject.value)


def replay_reject(
    place: PlaceText,
    file: Annotated[
        Path | None, typer.Option(help="Send the JSON in this file instead of the original bytes.")
    ] = None,
) -> None:
    """Sends a reject to declarations again under its right key, as it was or corrected.

    What could not be read again is refused with exit status 2. Exit status 1 if what was sent is
    a reject again, as it does not count, or not yet.
    """
    from services.audit.councils import why_rejected
    from services.audit.printing import print_lines
    from services.audit.rejects import UnusableError, outgoing, replay
    from services.platform.accounts import load_account_settings

    where, reject = _find(place)
    try:
        message = outgoing(reject, file.read_bytes() if file else None)
    except (UnusableError, OSError) as error:
        raise unusable(error) from error
    settings = load_account_settings("audit")
    sent_to = run(replay(settings, message))
    typer.echo(f"{where} is now {sent_to}, acknowledged by Kafka")
    reason = run(why_rejected(settings, message.key.decode(), sent_to.partition, sent_to.offset))
    if reason:
        print_lines(f"{sent_to} is a reject again: {reason}", err=True)
        raise typer.Exit(ExitStatus.FAILED)


def _find(text: str) -> tuple[Place, Reject]:
    from services.audit.rejects import UnusableError, all_rejects, parse_place
    from services.platform.accounts import load_account_settings

    try:
        place = parse_place(text)
    except UnusableError as error:
        raise unusable(error) from error
    found = run(all_rejects(load_account_settings("audit"))).get(place)
    if found is None:
        raise unusable(ValueError(f"place: no reject stands at {place}; see `rejects list`"))
    return place, found
