"""The commands `livecount access add`, `invite`, `policy`, `revoke`, `list`, `check` and `log`."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.access.invitations.commands import invite
from services.access.operator import operator
from services.access.options import By, KeyId, KeysFile, TrustChoice
from services.access.second_entry.commands import policy
from services.platform.exit_status import ExitStatus

if TYPE_CHECKING:
    from services.access.key import Key


class RoleChoice(StrEnum):
    """Whether a key is a source's, a stringer's or the desk's."""

    source = "source"
    stringer = "stringer"
    desk = "desk"


TrustsFor = Annotated[
    list[str] | None,
    typer.Option(help="Its trust for one council or election, as barnet=final; repeat it."),
]


def register(app: typer.Typer) -> None:
    """Adds the commands of keys to the command line."""
    access = typer.Typer(
        help="Keys and invitations: who may declare or sign in, and what was done.",
        no_args_is_help=True,
    )
    access.command("add")(add)
    access.command("invite")(invite)
    access.command("policy")(policy)
    access.command("revoke")(revoke)
    access.command("block")(block)
    access.command("list")(list_keys)
    access.command("check")(check)
    access.command("log")(log)
    app.add_typer(access, name="access")


def add(  # noqa: PLR0913 - one option a field
    key_id: KeyId,
    *,
    trust: Annotated[
        TrustChoice | None,
        typer.Option(help="How far its word counts by itself; single if left out."),
    ] = None,
    role: Annotated[RoleChoice, typer.Option(help="Whose key it is.")] = RoleChoice.source,
    trust_for: TrustsFor = None,
    election: Annotated[
        list[str] | None, typer.Option(help="An election it may declare of; repeat it; else all.")
    ] = None,
    council: Annotated[
        list[str] | None,
        typer.Option(help="A council it may declare of, an id or a name; repeat it; else all."),
    ] = None,
    per_minute: Annotated[
        int | None, typer.Option(help="Most declarations a minute; else no limit.")
    ] = None,
    by: By = "",
    keys: KeysFile = None,
) -> None:
    """Adds a key, and prints its token on standard output, once: only its hash is kept.

    Give the token to the source. Exit status 3 if the key is added, but the audit could not be
    told.
    """
    from services.access.changing import added, keys_file_of, now, settings_of_audit, tell_audit
    from services.access.token import hash_of, new_token

    settings = settings_of_audit()
    file = keys_file_of(settings, keys)
    token = new_token(key_id)
    key = added(
        file,
        id=key_id,
        hash=hash_of(token.encode()),
        **_trusts(trust, trust_for),
        role=role.value,
        elections=tuple(election or ()),
        councils=tuple(council or ()),
        per_minute=per_minute,
        added=now(),
        by=by or operator(),
    )
    typer.echo(token)
    typer.echo(f"added {key_id} to {file}: {key.holder().summary()}", err=True)
    typer.echo("send it as `Authorization: Bearer …`; it is kept nowhere else", err=True)
    tell_audit(settings, "key added", key.by, key_id, key.holder().summary())


def _trusts(trust: TrustChoice | None, trust_for: list[str] | None) -> dict[str, object]:
    """Returns the fields by which a key says how far it is trusted: those that are given."""
    given: dict[str, object] = {} if trust is None else {"trust": trust.value}
    return given | ({"trusts": tuple(map(_trust_for, trust_for))} if trust_for else {})


def _trust_for(given: str) -> dict[str, str]:
    """Returns a council or an election with its trust, as the file has it."""
    place, _, trust = given.partition("=")
    kind = "election" if re.fullmatch(r"local\.[0-9-]+", place) else "council"
    return {kind: place, "trust": trust}


def revoke(key_id: KeyId, by: By = "", keys: KeysFile = None) -> None:
    """Revokes a key: running intakes refuse it within two seconds. Its entry stays in the file.

    Exit status 3 if the key is revoked, but the audit could not be told.
    """
    from services.access.changing import (
        keys_file_of,
        now,
        settings_of_audit,
        tell_audit,
        unusable,
    )
    from services.access.keys_edit import revoke_key
    from services.access.keys_file import KeysError

    settings = settings_of_audit()
    file = keys_file_of(settings, keys)
    who = by or operator()
    try:
        revoke_key(file, key_id, now(), who)
    except KeysError as error:
        raise unusable(*error.faults) from error
    typer.echo(f"revoked {key_id} in {file}")
    tell_audit(settings, "key revoked", who, key_id, "revoked")


def block(
    person: Annotated[str, typer.Argument(help="The person's id, such as oidc-… in the audit.")],
    by: By = "",
    keys: KeysFile = None,
) -> None:
    """Blocks a person of the identity provider: within two seconds nobody lets them in.

    Whoever has an invitation is revoked instead. Take the entry out of the file by hand to let
    them in again. Exit status 3 if they are blocked, but the audit could not be told.
    """
    from services.access.changing import blocked, keys_file_of, settings_of_audit, tell_audit

    settings = settings_of_audit()
    file = keys_file_of(settings, keys)
    who = by or operator()
    blocked(file, person, who)
    typer.echo(f"blocked {person} in {file}")
    tell_audit(settings, "person blocked", who, person, "blocked")


def list_keys(keys: KeysFile = None) -> None:
    """Lists the keys: what each may do, and when and by whom it was added and revoked."""
    from services.access.changing import keys_file_of, settings_of_audit
    from services.access.keys_file import cautions
    from services.access.words import told

    file = keys_file_of(settings_of_audit(), keys)
    for key in _load(file):
        typer.echo(told(key))
    for caution in cautions(file):
        typer.echo(f"warning: {caution}", err=True)


def check(
    keys: KeysFile = None,
    env: Annotated[
        str, typer.Option(help="The environment variable with the token; else standard input.")
    ] = "",
) -> None:
    """Says which key a token is, and what it may do. Exit status 1 if nobody is let in with it.

    The token is read from standard input or an environment variable, and never from an argument,
    which others on the machine can see.
    """
    from services.access.changing import settings_of_audit, unusable
    from services.access.key_ring import KeyRing, UnauthorisedError

    settings = settings_of_audit()
    file = keys or settings.keys_file
    token = _given_token(env)
    if not token:
        raise unusable(f"{env or 'standard input'}: no token; give it there")
    ring = KeyRing(_load(file) if file else (), settings.intake_token)
    try:
        holder = ring.who(token)
    except UnauthorisedError as error:
        what = error.why or "no key"
        typer.echo(f"{what}: nobody is let in with it", err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
    typer.echo(f"{holder.id}: {holder.summary()}")


def log(
    key: Annotated[str, typer.Option(help="Only what this key did, or what was done to it.")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print each entry as JSON.")] = False,
) -> None:
    """Prints the audit: who did what under which key, with what result, from where and when."""
    from schemas.printable import printable
    from services.access.audit_log import entries
    from services.access.changing import settings_of_audit
    from services.access.words import line
    from services.platform.errors import KafkaUnavailableError

    try:
        found = asyncio.run(entries(settings_of_audit(), key))
    except KafkaUnavailableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
    for entry in found:
        typer.echo(entry.model_dump_json(exclude_none=True) if as_json else printable(line(entry)))


def _load(file: Path) -> tuple[Key, ...]:
    from services.access.changing import unusable
    from services.access.keys_file import KeysError, load_keys

    try:
        return load_keys(file)
    except KeysError as error:
        raise unusable(*error.faults) from error


def _given_token(variable: str) -> bytes:
    """Returns the token in an environment variable, or on standard input, which shows nothing."""
    from services.access.token import TOKEN_BYTES_MAX

    if variable:
        return os.environ.get(variable, "").strip().encode()
    if sys.stdin.isatty():
        typed: str = typer.prompt("token", hide_input=True, err=True)
        return typed.strip().encode()
    return sys.stdin.buffer.read(TOKEN_BYTES_MAX).strip()
