"""`livecount nation run`, `check` and `projection`."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.platform.exit_status import ExitStatus

if TYPE_CHECKING:
    from election.nation.plan import NightPlan
    from schemas.night import ProjectionStated
    from services.platform.settings import Settings

PlanFile = Annotated[
    Path | None,
    typer.Option("--file", help="TOML file of marks and digests; else the setting, else defaults."),
]


def register(app: typer.Typer) -> None:
    """Adds the nation's commands to the command line."""
    nation = typer.Typer(
        help="Councils added up: national totals, milestones and digests.", no_args_is_help=True
    )
    nation.command("run")(run)
    nation.command("check")(check)
    nation.command("projection")(projection)
    app.add_typer(nation, name="nation")


def run(file: PlanFile = None) -> None:
    """Adds councils up until it is stopped."""
    from services.nation.rules import Rules
    from services.nation.service import run_nation
    from services.platform.accounts import load_account_settings
    from services.platform.log import configure_log

    settings = load_account_settings("nation")
    plan = plan_in(file or settings.nation_file)
    configure_log("nation", settings.log_level, settings.log_format)
    run_nation(settings, Rules(plan))


def check(file: PlanFile = None) -> None:
    """Checks the file of the nation, and says which marks it has; counts nothing."""
    from services.platform.settings import load_settings

    plan = plan_in(file or load_settings().nation_file)
    for mark in plan.marks or ():
        typer.echo(f"mark: {mark.name}")
    if plan.marks is None:
        typer.echo("marks: those that every night has")
    typer.echo(
        f"digest: {f'every {plan.digest_minutes} minutes' if plan.digest_minutes else 'none'}"
    )
    typer.echo(f"councils expected: {len(plan.expected) or 'nobody has listed them'}")


def projection(  # noqa: PLR0913 - the parts of a projection
    election: Annotated[str, typer.Argument(help="The election, such as local.2026-05-07.")],
    *,
    name: Annotated[str, typer.Option(help="What it is called: Projected national share.")],
    source: Annotated[str, typer.Option(help="Who published it.")],
    share: Annotated[
        list[str], typer.Option(help="A party and its percent, such as Labour=35; repeat it.")
    ],
    published_at: Annotated[
        datetime | None, typer.Option(help="When it was published; UK time.")
    ] = None,
    by: Annotated[str, typer.Option(help="Who enters it.")],
) -> None:
    """States a projection as somebody published it; the latest of its name and source is shown.

    Nothing is computed from it. Exit status 3 if it is stated, but the audit could not be told.
    """
    from pydantic import ValidationError
    from redis.exceptions import RedisError

    from schemas.refusal import refusals
    from schemas.uk_time import UK_TIME
    from services.nation.projection import ProjectionError, check_counted, say, stated
    from services.platform.accounts import load_account_settings
    from services.platform.clock import uk_now
    from services.platform.errors import KafkaUnavailableError

    settings = load_account_settings("audit")
    now = uk_now().replace(microsecond=0)
    at = published_at.replace(tzinfo=UK_TIME) if published_at is not None else None
    try:
        event = stated(
            election,
            namespace=settings.namespace,
            name=name,
            source=source,
            shares=share,
            published_at=at,
            by=by,
        )
        asyncio.run(check_counted(settings, election))
        asyncio.run(say(settings, event, now))
    except ValidationError as error:
        raise _end(ExitStatus.UNUSABLE, *map(str, refusals(error))) from error
    except ProjectionError as error:
        raise _end(ExitStatus.UNUSABLE, str(error)) from error
    except (KafkaUnavailableError, RedisError) as error:
        raise _end(ExitStatus.FAILED, str(error)) from error
    typer.echo(f"{election}: {name} by {source}: stated")
    _tell_audit(settings, event, now)


def _tell_audit(settings: Settings, event: ProjectionStated, at: datetime) -> None:
    from schemas.audit_entry import About, AuditEntry
    from services.access.audit_fields import result_field
    from services.access.operator import OPERATOR_CHARACTERS_MAX
    from services.access.trail import write_entry
    from services.nation.projection import SOURCE
    from services.platform.errors import KafkaUnavailableError

    said = event.projection
    shares = ", ".join(f"{party} {percent:g}" for party, percent in said.shares.items())
    entry = AuditEntry(
        at=at,
        action="projection stated",
        who=said.entered_by[:OPERATOR_CHARACTERS_MAX],
        about=(About(type=event.type, council=""),),
        events=1,
        result=result_field(f"{event.election}: {said.name} by {said.source}: {shares}"),
    )
    try:
        asyncio.run(write_entry(settings, entry, SOURCE))
    except KafkaUnavailableError as error:
        raise _end(
            ExitStatus.LEFT_OUT, f"the audit was not told, the projection stands: {error}"
        ) from error


def plan_in(file: Path | None) -> NightPlan:
    """Returns the plan in a file of the nation; a file that cannot be used ends the command."""
    from readers.findings import UnusableFilesError
    from services.nation.plan_file import read_plan

    try:
        return read_plan(file)
    except UnusableFilesError as error:
        raise _end(ExitStatus.UNUSABLE, str(error)) from error


def _end(status: ExitStatus, *lines: str) -> typer.Exit:
    from schemas.printable import printable

    for line in lines:
        typer.echo("\n".join(printable(each) for each in line.splitlines()), err=True)
    return typer.Exit(status)
