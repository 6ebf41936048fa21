"""The commands `livecount alerts hold`, `held` and `release`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import typer

from services.platform.exit_status import ExitStatus

if TYPE_CHECKING:
    from schemas.delivery import Delivery
    from schemas.hold import AlertsHeldBack, HoldEvent
    from services.notifier.holding.desk import Desk
    from services.notifier.notice import Notice
    from services.notifier.waiting_notices import Held
    from services.platform.settings import Settings

T = TypeVar("T")

CAME_OF_S: Final = 5.0
"""How long a release waits for what the notifier records; it takes milliseconds."""

PREFIX_MIN: Final = 4
"""Characters of an alert's id that have to be given at least."""

By = Annotated[str, typer.Option(help="Who says so.")]
Reason = Annotated[str, typer.Option(help="Why.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    alerts = typer.Typer(
        help="Alerts before they are sent: hold them back, see what waits, send or drop it.",
        no_args_is_help=True,
    )
    alerts.command("hold")(hold)
    alerts.command("held")(held)
    alerts.command("release")(release)
    app.add_typer(alerts, name="alerts")


def hold(
    *,
    seconds: Annotated[
        int, typer.Option(help="How long each alert waits, at most 3600; 0 ends the hold.")
    ],
    council: Annotated[
        str | None, typer.Option(help="A council's id, or its short name; else all councils.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="A kind of alert; repeat it; else all kinds.")
    ] = None,
    by: By,
    reason: Reason,
) -> None:
    """Holds alerts back: each waits so many seconds from its publication on, then it is sent.

    Of all holds that fit an alert the newest rules. Exit status 3 if the hold is in force, but the
    audit could not be told.
    """
    from schemas.hold import AlertsHeldBack
    from services.notifier.holding.holds import scope_of

    settings = _settings()
    event = _made(
        lambda: AlertsHeldBack.model_validate(
            {
                "council": _council(council, settings) if council else None,
                "kinds": tuple(kind or ()),
                "seconds": seconds,
                "by": by,
                "reason": reason,
                "at": _now(),
            }
        )
    )
    scope = scope_of(event.council, event.kinds)
    done = f"held back for {seconds} s" if seconds else "no longer held back"
    told = _say(settings, event, f"{scope}: {done}; {event.reason}")
    _print(f"{scope}: {done}")
    if not told:
        raise typer.Exit(ExitStatus.LEFT_OUT)


def held() -> None:
    """Lists the holds in force, and the alerts that wait: until when, by whom and why."""
    from services.notifier.holding.desk import read_desk
    from services.notifier.holding.holds import scope_of

    desk = _run(read_desk(_settings(), _now()))
    for rule, kinds in desk.holds.in_force():
        much = f"held back for {rule.seconds} s" if rule.seconds else "not held back"
        _print(f"{scope_of(rule.council, kinds)}: {much}, {_said(rule)}")
    for each in desk.held:
        _print_held(each)
    if not desk.held:
        _print("no alert waits")


def release(
    alert: Annotated[
        str, typer.Argument(help="An alert's id, or its beginning, as `alerts held` has it.")
    ] = "",
    *,
    council: Annotated[
        str, typer.Option(help="Instead: all of a council that wait, by its id or short name.")
    ] = "",
    drop: Annotated[bool, typer.Option("--drop", help="Send them to nobody, for good.")] = False,
    by: By,
    reason: Reason,
) -> None:
    """Sends alerts that wait at once, or drops them, and says what came of it at each channel.

    Exit status 3 if one to be dropped had been sent before, or if the audit could not be told.
    """
    from schemas.hold import AlertsReleased
    from services.notifier.holding.desk import came_of, read_desk

    settings = _settings()
    chosen = _chosen(_run(read_desk(settings, _now())), alert, council)
    event = _made(
        lambda: AlertsReleased.model_validate(
            {
                "council": chosen[0].pending.notice.council or None,
                "alerts": tuple(each.pending.notice.id for each in chosen),
                "ruling": "drop" if drop else "send",
                "by": by,
                "reason": reason,
                "at": _now(),
            }
        )
    )
    told = _say(settings, event, f"{event.ruling} {', '.join(event.alerts)}; {event.reason}")
    came = _run(came_of(settings, event.alerts, CAME_OF_S))
    for each in chosen:
        _print_came_of(each.pending.notice, came)
    is_too_late = drop and any(each.status in {"sent", "failed"} for each in came)
    if is_too_late or not told:
        raise typer.Exit(ExitStatus.LEFT_OUT)


def _chosen(desk: Desk, alert: str, council: str) -> list[Held]:
    """Returns the alerts that are meant. What withdraws one of them follows it by itself."""
    from services.platform.council_name import fits

    if bool(alert) == bool(council):
        raise _unusable("alert: give an alert's id, or --council")
    waiting = [each for each in desk.held if not each.pending.notice.retracts]
    if council:
        of_councils = [each for each in waiting if each.pending.notice.council]
        found = [each for each in of_councils if fits(council, each.pending.notice.council)]
    else:
        found = [each for each in waiting if each.pending.notice.id.startswith(alert.casefold())]
    given = f"council: {council!r}" if council else f"alert: {alert!r}"
    if alert and len(alert) < PREFIX_MIN:
        raise _unusable(f"{given} is too short; give {PREFIX_MIN} characters or more")
    if not found:
        raise _unusable(f"{given}: no such alert waits; `livecount alerts held` has those that do")
    several = {each.pending.notice.council for each in found} if council else {*map(id, found)}
    if len(several) > 1:
        raise _unusable(f"{given} fits several; give the whole id, as `livecount alerts held` does")
    return found


def _council(name: str, settings: Settings) -> str:
    """Returns the id of a council; one that nobody has opened yet can be given by its id only."""
    from schemas.ids import check_council_id
    from services.notifier.holding.desk import known_councils
    from services.platform.council_name import UnknownCouncilError, resolve

    try:
        return check_council_id(name)
    except ValueError:
        pass
    try:
        return resolve(name, _run(known_councils(settings)))
    except UnknownCouncilError as error:
        raise _unusable(str(error)) from error


def _say(settings: Settings, event: HoldEvent, result: str) -> bool:
    """Writes what the desk says, and an entry of the audit; returns whether that could be told."""
    from schemas.audit_entry import About, AuditEntry
    from services.access.audit_fields import result_field
    from services.access.operator import OPERATOR_CHARACTERS_MAX
    from services.access.trail import write_entry
    from services.notifier.holding.desk import SOURCE, say
    from services.platform.errors import KafkaUnavailableError

    _run(say(settings, event))
    entry = AuditEntry(
        at=event.at,
        action="alerts held back" if event.type == "alerts.held_back" else "alerts released",
        who=event.by[:OPERATOR_CHARACTERS_MAX],
        about=(About(type=event.type, council=event.council or ""),),
        events=1,
        result=result_field(result),
    )
    try:
        asyncio.run(write_entry(settings, entry, SOURCE))
    except KafkaUnavailableError as error:
        _print(f"the audit was not told, what was said stands: {error}", err=True)
        return False
    return True


def _print_held(each: Held) -> None:
    from services.notifier.senders.message_text import marked_line

    notice = each.pending.notice
    until = f"until {_clock(each.until)}"
    if each.behind is not None:
        until = f"behind {each.behind.notice.id}"
    why = f", {_said(each.rule)}" if each.rule is not None else ""
    _print(f"{notice.id}  {until}{why}: {marked_line(notice)}")


def _print_came_of(notice: Notice, came: Sequence[Delivery]) -> None:
    from services.notifier.senders.message_text import marked_line

    its = [each for each in came if each.alert_id == notice.id]
    if not its:
        _print(
            f"{notice.id}  no channel has it yet; does a notifier run, does it wait behind another,"
            " or does no channel want it?"
        )
    for each in its:
        detail = f" ({each.detail})" if each.detail else ""
        _print(f"{notice.id}  {each.channel}: {each.status}{detail}: {marked_line(notice)}")


def _said(rule: AlertsHeldBack) -> str:
    return f"by {rule.by} at {_clock(rule.at)} ({rule.reason})"


def _clock(at: datetime) -> str:
    from schemas.uk_time import UK_TIME

    return at.astimezone(UK_TIME).isoformat(timespec="seconds")


def _now() -> datetime:
    return datetime.now(UTC)


def _made(make: Callable[[], T]) -> T:
    """Returns an event; what is wrong with it ends the command, each fault in a line."""
    from pydantic import ValidationError

    from schemas.refusal import refusals

    try:
        return make()
    except ValidationError as error:
        raise _unusable(*(str(each) for each in refusals(error))) from error


def _settings() -> Settings:
    from services.platform.accounts import load_account_settings

    # The account that reads all topics and writes what people do, as for `livecount review`.
    return load_account_settings("audit")


def _run(query: Coroutine[Any, Any, T]) -> T:
    from services.platform.errors import KafkaUnavailableError

    try:
        return asyncio.run(query)
    except KafkaUnavailableError as error:
        _print(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error


def _print(text: str, *, err: bool = False) -> None:
    from schemas.printable import printable

    typer.echo(printable(text), err=err)


def _unusable(*faults: str) -> typer.Exit:
    for fault in faults:
        _print(fault, err=True)
    return typer.Exit(ExitStatus.UNUSABLE)
