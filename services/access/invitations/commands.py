"""The command `livecount access invite`."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from services.access.options import By, KeysFile
from services.platform.exit_status import ExitStatus

MODE: Final = 0o600
"""Only the owner reads the file of a QR code."""


class InvitedRole(StrEnum):
    """What somebody who is invited may do at entry."""

    stringer = "stringer"
    desk = "desk"
    viewer = "viewer"
    admin = "admin"


Person = Annotated[
    str, typer.Argument(metavar="NAME", help="The person's name, as the log is to have it.")
]
Elections = Annotated[
    list[str],
    typer.Option(help="An election it is for; repeat it. It ends a week after the last poll."),
]
Councils = Annotated[
    list[str] | None,
    typer.Option(help="A council it is for, an id or a name; repeat it; else all."),
]
Role = Annotated[InvitedRole, typer.Option(help="What the person may do.")]
PerMinute = Annotated[int | None, typer.Option(help="Most declarations a minute; else no limit.")]
OwnId = Annotated[
    str, typer.Option("--id", help="The id of the person's key; else made from the name.")
]
QrFile = Annotated[Path | None, typer.Option(help="A file for the QR code, such as ann.svg.")]


def invite(  # noqa: PLR0913 - one option a field
    person: Person,
    *,
    election: Elections,
    role: Role = InvitedRole.stringer,
    council: Councils = None,
    per_minute: PerMinute = None,
    key_id: OwnId = "",
    qr: QrFile = None,
    by: By = "",
    keys: KeysFile = None,
) -> None:
    """Invites somebody to sign in at entry: prints a link on standard output, once.

    On a terminal its QR code follows. The first device on which the link is opened, and the button
    on its page pressed, is the person's; no other is let in with it. `livecount access revoke` ends
    it at once. Exit status 3 if the person is invited, but the audit could not be told or the code
    not be written.
    """
    from services.access.changing import added, keys_file_of, now, settings_of_audit, tell_audit
    from services.access.invitations.invitation import link_of
    from services.access.operator import operator
    from services.access.token import hash_of, new_token

    _check(qr)
    settings, own_id, expires = settings_of_audit(), _id(person, key_id), _expires(election)
    token = new_token(own_id)
    key = added(
        keys_file_of(settings, keys),
        id=own_id,
        hash=hash_of(token.encode()),
        person=person,
        role=role.value,
        elections=tuple(election),
        councils=tuple(council or ()),
        per_minute=per_minute,
        expires=expires,
        added=now(),
        by=by or operator(),
    )
    is_written = _give_out(link_of(settings, token), qr)
    if not settings.entry_url:
        typer.echo("LIVECOUNT_ENTRY_URL is not set: the link is for this machine only", err=True)
    typer.echo(f"invited {person} as {own_id}: {key.holder().summary()}", err=True)
    typer.echo(f"valid until {expires:%-d %B %Y}; the link is kept nowhere else", err=True)
    tell_audit(settings, "key added", key.by, own_id, f"{person}: {key.holder().summary()}")
    if not is_written:
        raise typer.Exit(ExitStatus.LEFT_OUT)


def _check(qr: Path | None) -> None:
    from services.access.changing import unusable

    if qr is not None and qr.suffix.casefold() != ".svg":
        raise unusable(f"qr: {str(qr)!r}: is written as SVG; give a name such as ann.svg")


def _id(person: str, given: str) -> str:
    """Returns the id of a person's key; ends the command if none can be made of the name."""
    from services.access.changing import unusable
    from services.access.invitations.invitation import id_of

    found = given or id_of(person)
    if not found:
        raise unusable(f"person: {person!r}: no id can be made of it; give one with --id")
    return found


def _expires(elections: list[str]) -> datetime:
    """Returns until when an invitation is valid; ends the command if that is over already."""
    from services.access.changing import now, unusable
    from services.access.invitations.invitation import expires_after

    try:
        expires = expires_after(elections)
    except ValueError as error:
        raise unusable(f"election: {error}; give such as local.2026-05-07") from error
    if expires <= now():
        raise unusable(f"election: {', '.join(elections)}: is over; give one that is to come")
    return expires


def _give_out(link: str, file: Path | None) -> bool:
    """Prints a link, and its QR code where somebody sees it; writes that to a file if one is given.

    The file is for its owner's eyes only, as the code has the token. Returns whether it is written.
    """
    import segno

    typer.echo(link)
    code = segno.make(link, micro=False, error="m")
    if sys.stdout.isatty():
        code.terminal(compact=True)
    if file is None:
        return True
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
        with os.fdopen(descriptor, "wb") as opened:
            os.fchmod(descriptor, MODE)
            code.save(opened, kind="svg", scale=8, border=4)
    except OSError as error:
        typer.echo(f"{file}: {error.strerror}; the link is valid without it", err=True)
        return False
    return True
