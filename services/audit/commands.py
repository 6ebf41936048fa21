"""The commands `livecount verify`, `explain`, `council`, `check` and `rejects`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.audit import rejects_commands
from services.audit.running import run, unusable
from services.platform.exit_status import ExitStatus

if TYPE_CHECKING:
    from schemas.log_head import LogHead

CouncilName = Annotated[
    str, typer.Argument(help="A council's id, or its short name such as barnet.")
]
Against = Annotated[
    Path | None,
    typer.Option(
        help="A head of the log that was kept: what /v1/log published, or log/head.json of an"
        " archive."
    ),
]


def register(app: typer.Typer) -> None:
    """Adds the audit's commands to the command line."""
    app.command("verify")(verify)
    app.command("explain")(explain)
    app.command("council")(council)
    app.command("check")(check)
    rejects_commands.register(app)


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
        is_sound = run(checked(alerts or [], archive, log, print_line))
    except CertificatesError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    if not is_sound:
        raise typer.Exit(ExitStatus.FAILED)


def verify(against: Against = None) -> None:
    """Compares Redis, alerts, rejects and deliveries with the log, and lists what differs.

    National totals are compared with the totals of the councils that they add up.

    With --against only the log itself is compared, with a head of it that was kept: names the
    partition that is not as it was then, and the first offset if the head is an archive's.

    Can be run at any time, also while the count goes on. Exit status 1 if anything differs, and 2
    if the head cannot be used.
    """
    from services.audit.printing import print_line
    from services.audit.verify import verify as compare
    from services.platform.accounts import load_account_settings

    if against is not None:
        _verify_against(_head(against))
        return
    verdict = run(compare(load_account_settings("audit")))
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


def _verify_against(head: LogHead) -> None:
    from services.audit.log_head import differences_from_head
    from services.audit.printing import print_line
    from services.platform.accounts import load_account_settings

    settings = load_account_settings("audit")
    differences = run(differences_from_head(settings, head))
    for difference in differences:
        print_line(str(difference))
    messages = sum(each.messages for each in head.partitions)
    typer.echo(
        f"{len(differences)} of {len(head.partitions)} partitions differ from the head of"
        f" {messages} messages",
        err=bool(differences),
    )
    if head.namespace != settings.namespace:
        print_line(f"the head is of namespace {head.namespace}, not {settings.namespace}", err=True)
    if differences:
        raise typer.Exit(ExitStatus.FAILED)


def explain(
    name: CouncilName,
    against: Against = None,
    *,
    proof: Annotated[
        bool, typer.Option("--proof", help="Print leaf and path of each declaration.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print declarations and proofs as JSON.")
    ] = False,
) -> None:
    """Lists the declarations behind a council's numbers, and the alerts they caused.

    Each is proven to be in the log, under the head that the log has now or, with --against, under
    one that was kept. The proofs are verified before anything is printed. Exit status 1 if the
    log does not lead to that head.
    """
    from services.audit.printing import print_lines, print_proven
    from services.audit.provenance import provenance
    from services.audit.proving import OtherHeadError, leaves_for, prove
    from services.audit.proving import as_json as in_json
    from services.platform.accounts import load_account_settings

    head = None if against is None else _head(against)
    leaves = leaves_for(head)
    found = run(provenance(load_account_settings("audit"), name, leaves=leaves))
    try:
        proven = prove(found, leaves, head)
    except OtherHeadError as error:
        print_lines(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
    if as_json:
        typer.echo(json.dumps(in_json(proven), indent=2))
    else:
        print_proven(proven, with_proofs=proof)


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
        raise unusable(error) from error
    found = run(provenance(load_account_settings("audit"), name, as_of=until))
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


def _head(file: Path) -> LogHead:
    from schemas.log_head import LogHeadError, read_log_head

    try:
        return read_log_head(file.read_bytes(), str(file))
    except OSError as error:
        raise unusable(ValueError(f"--against: {file}: {error.strerror}")) from error
    except LogHeadError as error:
        raise unusable(error) from error
