"""The commands `livecount review list|show|accept|refuse|clear|figure`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from services.platform.exit_status import ExitStatus

if TYPE_CHECKING:
    from schemas.ward import WardDeclared
    from services.platform.settings import Settings
    from services.review.decision import Decided

T = TypeVar("T")

Ballot = Annotated[str, typer.Argument(help="A ballot's id, as `review list` shows it.")]
Content = Annotated[
    str,
    typer.Argument(
        help="The id of what was said, as `review list` and `review show` have it; or the content's"
        " id of --json, or the beginning of it, if what the desk has decided makes no difference."
    ),
]
By = Annotated[str, typer.Option(help="Who decides.")]
Reason = Annotated[str, typer.Option(help="Why.")]


def register(app: typer.Typer) -> None:
    """Adds the desk's commands to the command line."""
    review = typer.Typer(
        help="What waits for the desk, contradicts what stands or is parked: see it, and decide.",
        no_args_is_help=True,
    )
    review.command("list")(review_list)
    review.command("show")(review_show)
    review.command("accept")(review_accept)
    review.command("refuse")(review_refuse)
    review.command("clear")(review_clear)
    review.command("figure")(review_figure)
    app.add_typer(review, name="review")


def review_list(
    council: Annotated[
        str | None, typer.Option(help="Only this council: its id, or its short name.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Lists every ballot with something held, disputed or parked, and what its sources say."""
    from services.audit.printing import print_line
    from services.review.deciding import councils
    from services.review.printing import print_waiting
    from services.review.waiting import waiting

    found = waiting(_run(councils(_settings(), council)))
    if as_json:
        ballots = {"ballots": [each.as_json() for each in found]}
        typer.echo(json.dumps(ballots, indent=2, ensure_ascii=False))
        return
    for each in found:
        print_waiting(each)
    if not found:
        print_line("nothing waits")


def review_show(ballot: Ballot) -> None:
    """Shows what each source says of a ballot, in columns beside the nominations.

    A row in which two sources state something else begins with `*`.
    """
    from services.review.comparison import comparison
    from services.review.deciding import find_ward
    from services.review.printing import print_comparison, print_waiting
    from services.review.waiting import of_ward

    council, ward = _run(find_ward(_settings(), ballot))
    print_waiting(of_ward(council, ward))
    print_comparison(comparison(ward))


def review_accept(ballot: Ballot, content: Content, *, by: By, reason: Reason) -> None:
    """Lets what was said stand, whoever says it, until the desk decides something else.

    Nothing is sent if the desk has decided since it was shown, or if nobody says it any more. Exit
    status 3 then, and if it does not count, or not yet, or if somebody else decided in between.
    """
    from services.review.decision import Decided

    _decide(ballot, Decided("accept", by, reason, content))


def review_refuse(ballot: Ballot, content: Content, *, by: By, reason: Reason) -> None:
    """Lets what was said not stand, whoever says it; what else is said counts as ever.

    Nothing is sent if the desk has decided since it was shown, or if nobody says it any more. Exit
    status 3 then, and if somebody else decided in between.
    """
    from services.review.decision import Decided

    _decide(ballot, Decided("refuse", by, reason, content))


def review_clear(ballot: Ballot, *, by: By, reason: Reason) -> None:
    """Lets nothing stand of what is said of a ballot: it is undeclared again.

    Exit status 3 if somebody else decided in between.
    """
    from services.review.decision import Decided

    _decide(ballot, Decided("clear", by, reason))


def review_figure(
    ballot: Ballot,
    file: Annotated[Path, typer.Argument(help="A file with the result as one event, JSON.")],
    *,
    by: By,
    reason: Reason,
) -> None:
    """Lets a figure of the desk's own stand, whatever the sources say.

    Exit status 3 if it does not count, or not yet, or if somebody else decided in between.
    """
    from services.review.decision import Decided

    _decide(ballot, Decided("figure", by, reason, figure=_figure(file)))


def _figure(file: Path) -> WardDeclared:
    from readers.findings import UnusableFilesError
    from schemas.uk_time import UK_TIME
    from schemas.ward import WardDeclared
    from services.intake.declarations_file import read_declarations
    from services.intake.parties import load_register

    settings = _settings()
    today = datetime.now(UK_TIME).date()
    try:
        events = read_declarations(file, settings.namespace, today, load_register(settings))
    except UnusableFilesError as error:
        raise _unusable(error) from error
    if len(events) != 1 or not isinstance(events[0], WardDeclared):
        raise _unusable(ValueError(f"{file}:1: no single result; write one ward.declared"))
    return events[0]


def _decide(ballot: str, decided: Decided) -> None:
    """Sends a decision and says what came of it."""
    from services.audit.printing import print_lines
    from services.review.deciding import decide
    from services.review.decision import next_decision

    now = datetime.now(UTC)
    outcome = _run(
        decide(
            _settings(), ballot, lambda council, ward: next_decision(decided, council, ward, now)
        )
    )
    if outcome.remark:
        print_lines(outcome.remark, err=True)
    if outcome.counts:
        print_lines(f"decided: {outcome.words}")
        return
    print_lines(f"set aside: {outcome.words}", err=True)
    raise typer.Exit(ExitStatus.LEFT_OUT)


def _settings() -> Settings:
    from services.platform.accounts import load_account_settings

    # The account that may read the log and write to it, as for `livecount declare`.
    return load_account_settings("audit")


def _run(query: Coroutine[Any, Any, T]) -> T:
    """Returns the result of a coroutine; what cannot be used or reached is printed in one line."""
    from services.audit.printing import print_lines
    from services.intake.message import TooLargeError
    from services.platform.errors import KafkaUnavailableError
    from services.review.decision import MeanwhileError, UnusableDecisionError

    try:
        return asyncio.run(query)
    except MeanwhileError as error:
        print_lines(f"nothing was decided: {error}", err=True)
        raise typer.Exit(ExitStatus.LEFT_OUT) from error
    except (UnusableDecisionError, TooLargeError) as error:
        raise _unusable(error) from error
    except KafkaUnavailableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error


def _unusable(error: Exception) -> typer.Exit:
    from services.audit.printing import print_lines

    print_lines(str(error), err=True)
    return typer.Exit(ExitStatus.UNUSABLE)
