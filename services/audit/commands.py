"""The commands `livecount verify`, `explain`, `council`, `check` and `rejects`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from services.platform.exit_status import ExitStatus

if TYPE_CHECKING:
    from schemas.reject import Reject
    from services.audit.rejects import Place

T = TypeVar("T")

CouncilName = Annotated[
    str, typer.Argument(help="A council's id, or its short name such as barnet.")
]
PlaceText = Annotated[str, typer.Argument(help="partition/offset, as `rejects list` shows it.")]


def register(app: typer.Typer) -> None:
    """Adds the audit's commands to the command line."""
    rejects = typer.Typer(
        help="Messages that could not be counted: see them, and send them again.",
        no_args_is_help=True,
    )
    rejects.command("list")(rejects_list)
    rejects.command("show")(rejects_show)
    rejects.command("replay")(rejects_replay)
    app.command("verify")(verify)
    app.command("explain")(explain)
    app.command("council")(council)
    app.command("check")(check)
    app.add_typer(rejects, name="rejects")


def check(
    alerts: Annotated[
        list[str] | None,
        typer.Argument(
            help="Alerts by id, or files with their certificates; all of an archive if left out.",
            metavar="ALERT…",
        ),
    ] = None,
    *,
    archive: Annotated[
        Path | None,
        typer.Option(help="An archive: its certificates, beside its log and its alerts."),
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="A log, such as log/declarations.jsonl of an archive.")
    ] = None,
) -> None:
    """Checks certificates of calls by other code than made them, and says why each holds or not.

    Ids are looked up in the archive, or else in Redis. With a log, or an archive, each fact is
    looked up there too. Exit status 1 if one does not hold, 2 if one is not there or unusable.
    """
    from services.audit.certificates import CertificatesError, checked
    from services.audit.printing import print_line

    try:
        is_sound = _run(checked(alerts or [], archive, log, print_line))
    except CertificatesError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    if not is_sound:
        raise typer.Exit(ExitStatus.FAILED)


def verify() -> None:
    """Compares Redis, alerts, rejects and deliveries with the log, and lists what differs.

    National totals are compared with the totals of the councils that they add up.

    Can be run at any time, also while the count goes on. Exit status 1 if anything differs.
    """
    from services.audit.printing import print_line
    from services.audit.verify import verify as compare
    from services.platform.accounts import load_account_settings

    verdict = _run(compare(load_account_settings("audit")))
    for difference in verdict.differences:
        print_line(str(difference))
    typer.echo(
        f"{len(verdict.differences)} differences; {verdict.declarations} declarations,"
        f" {verdict.councils} councils, {verdict.alerts} alerts, {verdict.rejects} rejects,"
        f" {verdict.nights} nights added up;"
        f" {verdict.waiting} declarations not yet counted",
        err=bool(verdict.differences),
    )
    if verdict.differences:
        raise typer.Exit(ExitStatus.FAILED)


def explain(name: CouncilName) -> None:
    """Lists the declarations behind a council's numbers, and the alerts they caused."""
    from services.audit.printing import print_provenance
    from services.audit.provenance import provenance
    from services.platform.accounts import load_account_settings

    print_provenance(_run(provenance(load_account_settings("audit"), name)))


def council(
    name: CouncilName,
    as_of: Annotated[
        str | None,
        typer.Option(help="Count what was declared by then; UK time by default."),
    ] = None,
    *,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print the totals as JSON, and the state of each ballot under wards."
        ),
    ] = False,
) -> None:
    """Shows a council counted from the log, now or as of a time.

    A declaration counts from the time that it states, or if it states none, from the time at
    which Kafka took it.
    """
    from election.totals import council_totals
    from services.audit.printing import print_council
    from services.audit.provenance import provenance
    from services.audit.times import parse_as_of
    from services.audit.ward_states import ward_states
    from services.platform.accounts import load_account_settings

    try:
        until = parse_as_of(as_of) if as_of else None
    except ValueError as error:
        raise _unusable(error) from error
    found = _run(provenance(load_account_settings("audit"), name, as_of=until))
    totals = council_totals(found.council) if found.council else None
    if totals is None:
        typer.echo(f"{found.name}: not opened", err=True)
        raise typer.Exit(ExitStatus.FAILED)
    if as_json and found.council is not None:
        shown = totals.model_dump(mode="json") | {
            "wards": ward_states(found.council, found.entries)
        }
        typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        print_council(totals)


def rejects_list() -> None:
    """Lists the rejects: the place of each in declarations, and what was wrong with it."""
    from schemas.printable import printable
    from services.audit.rejects import all_rejects
    from services.platform.accounts import load_account_settings

    for place, reject in _run(all_rejects(load_account_settings("audit"))).items():
        detail = reject.detail.partition("\n")[0]
        at = reject.timestamp.isoformat(timespec="seconds") if reject.timestamp else "-"
        typer.echo(f"{place}\t{at}\t{reject.reason}\t{printable(detail)}")


def rejects_show(place: PlaceText) -> None:
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


def rejects_replay(
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
        raise _unusable(error) from error
    settings = load_account_settings("audit")
    sent_to = _run(replay(settings, message))
    typer.echo(f"{where} is now {sent_to}, acknowledged by Kafka")
    reason = _run(why_rejected(settings, message.key.decode(), sent_to.partition, sent_to.offset))
    if reason:
        print_lines(f"{sent_to} is a reject again: {reason}", err=True)
        raise typer.Exit(ExitStatus.FAILED)


def _find(text: str) -> tuple[Place, Reject]:
    from services.audit.rejects import UnusableError, all_rejects, parse_place
    from services.platform.accounts import load_account_settings

    try:
        place = parse_place(text)
    except UnusableError as error:
        raise _unusable(error) from error
    found = _run(all_rejects(load_account_settings("audit"))).get(place)
    if found is None:
        raise _unusable(ValueError(f"place: no reject stands at {place}; see `rejects list`"))
    return place, found


def _run(query: Coroutine[Any, Any, T]) -> T:
    """Returns the result of a coroutine; errors of outages are printed as one line."""
    from redis.exceptions import RedisError

    from services.platform.council_name import UnknownCouncilError
    from services.platform.errors import KafkaUnavailableError

    try:
        return asyncio.run(query)
    except UnknownCouncilError as error:
        raise _unusable(error) from error
    except (KafkaUnavailableError, RedisError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error


def _unusable(error: Exception) -> typer.Exit:
    from services.audit.printing import print_lines

    print_lines(str(error), err=True)
    return typer.Exit(ExitStatus.UNUSABLE)
