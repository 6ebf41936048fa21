"""The commands `livecount access add`, `revoke`, `list`, `check` and `log`."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.access.operator import OPERATOR_CHARACTERS_MAX, operator
from services.platform.exit_status import ExitStatus

if TYPE_CHECKING:
    from schemas.audit_entry import Action
    from services.access.key import Key
    from services.platform.settings import Settings


class TrustChoice(StrEnum):
    """How far the word of a source counts by itself."""

    final = "final"
    single = "single"
    second = "second"


class RoleChoice(StrEnum):
    """Whether a key is a source's, a stringer's or the desk's."""

    source = "source"
    stringer = "stringer"
    desk = "desk"


KeysFile = Annotated[
    Path | None, typer.Option("--keys", help="The file of keys; else LIVECOUNT_KEYS_FILE.")
]
KeyId = Annotated[str, typer.Argument(help="The id of the source, such as agency.")]
TrustsFor = Annotated[
    list[str] | None,
    typer.Option(help="Its trust for one council or election, as barnet=final; repeat it."),
]
By = Annotated[str, typer.Option(help="Who does this; else the user and the machine.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of keys to the command line."""
    access = typer.Typer(
        help="The keys of sources: who may declare, and what was done with keys.",
        no_args_is_help=True,
    )
    access.command("add")(add)
    access.command("revoke")(revoke)
    access.command("list")(list_keys)
    access.command("check")(check)
    access.command("log")(log)
    app.add_typer(access, name="access")


def add(  # noqa: PLR0913 - one option a field
    key_id: KeyId,
    *,
    trust: Annotated[
        TrustChoice, typer.Option(help="How far its word counts by itself.")
    ] = TrustChoice.single,
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
    from services.access.token import hash_of, new_token

    settings, file = _settings_and_file(keys)
    token = new_token(key_id)
    key = _added(
        file,
        id=key_id,
        hash=hash_of(token.encode()),
        trust=trust.value,
        trusts=tuple(map(_trust_for, trust_for or ())),
        role=role.value,
        elections=tuple(election or ()),
        councils=tuple(council or ()),
        per_minute=per_minute,
        added=_now(),
        by=by or operator(),
    )
    typer.echo(token)
    typer.echo(f"added {key_id} to {file}: {key.holder().summary()}", err=True)
    typer.echo("send it as `Authorization: Bearer …`; it is kept nowhere else", err=True)
    _tell_audit(settings, "key added", key.by, key_id, key.holder().summary())


def _trust_for(given: str) -> dict[str, str]:
    """Returns a council or an election with its trust, as the file has it."""
    place, _, trust = given.partition("=")
    kind = "election" if re.fullmatch(r"local\.[0-9-]+", place) else "council"
    return {kind: place, "trust": trust}


def _added(file: Path, **fields: object) -> Key:
    """Returns a key with these fields, which is in the file now; each fault ends the command."""
    from pydantic import ValidationError

    from schemas.refusal import refusals
    from services.access.key import Key
    from services.access.keys_edit import add_key
    from services.access.keys_file import KeysError

    try:
        key = Key.model_validate(fields)
        add_key(file, key)
    except ValidationError as error:
        raise _unusable(*(str(each) for each in refusals(error))) from error
    except KeysError as error:
        raise _unusable(*error.faults) from error
    return key


def revoke(key_id: KeyId, by: By = "", keys: KeysFile = None) -> None:
    """Revokes a key: running intakes refuse it within two seconds. Its entry stays in the file.

    Exit status 3 if the key is revoked, but the audit could not be told.
    """
    from services.access.keys_edit import revoke_key
    from services.access.keys_file import KeysError

    settings, file = _settings_and_file(keys)
    who = by or operator()
    try:
        revoke_key(file, key_id, _now(), who)
    except KeysError as error:
        raise _unusable(*error.faults) from error
    typer.echo(f"revoked {key_id} in {file}")
    _tell_audit(settings, "key revoked", who, key_id, "revoked")


def list_keys(keys: KeysFile = None) -> None:
    """Lists the keys: what each may do, and when and by whom it was added and revoked."""
    from services.access.keys_file import cautions
    from services.access.words import told

    file = _settings_and_file(keys)[1]
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
    from services.access.key_ring import KeyRing, UnauthorisedError

    settings = _settings()
    file = keys or settings.keys_file
    token = _given_token(env)
    if not token:
        raise _unusable(f"{env or 'standard input'}: no token; give it there")
    ring = KeyRing(_load(file) if file else (), settings.intake_token)
    try:
        holder = ring.who(token)
    except UnauthorisedError as error:
        what = f"the key {error.revoked}, which is revoked" if error.revoked else "no key"
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
    from services.access.words import line
    from services.platform.errors import KafkaUnavailableError

    try:
        found = asyncio.run(entries(_settings(), key))
    except KafkaUnavailableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
    for entry in found:
        typer.echo(entry.model_dump_json(exclude_none=True) if as_json else printable(line(entry)))


def _settings() -> Settings:
    from services.platform.accounts import load_account_settings

    return load_account_settings("audit")


def _settings_and_file(keys: Path | None) -> tuple[Settings, Path]:
    """Returns the settings of the audit's account, and the file of keys."""
    settings = _settings()
    file = keys or settings.keys_file
    if file is None:
        raise _unusable("keys: there is no file of keys; set LIVECOUNT_KEYS_FILE, or give --keys")
    return settings, file


def _load(file: Path) -> tuple[Key, ...]:
    from services.access.keys_file import KeysError, load_keys

    try:
        return load_keys(file)
    except KeysError as error:
        raise _unusable(*error.faults) from error


def _given_token(variable: str) -> bytes:
    """Returns the token in an environment variable, or on standard input, which shows nothing."""
    from services.access.token import TOKEN_BYTES_MAX

    if variable:
        return os.environ.get(variable, "").strip().encode()
    if sys.stdin.isatty():
        typed: str = typer.prompt("token", hide_input=True, err=True)
        return typed.strip().encode()
    return sys.stdin.buffer.read(TOKEN_BYTES_MAX).strip()


def _tell_audit(settings: Settings, action: Action, who: str, key_id: str, result: str) -> None:
    """Writes an entry about a change of keys. Raises Exit if that fails; the change stands."""
    from schemas.audit_entry import RESULT_CHARACTERS_MAX, AuditEntry
    from services.access.trail import write_entry
    from services.platform.errors import KafkaUnavailableError

    entry = AuditEntry(
        at=_now(),
        action=action,
        who=who[:OPERATOR_CHARACTERS_MAX],
        keys=(key_id,),
        result=result[:RESULT_CHARACTERS_MAX],
    )
    try:
        asyncio.run(write_entry(settings, entry, "/livecount/access"))
    except KafkaUnavailableError as error:
        typer.echo(f"the audit was not told, the change stands: {error}", err=True)
        raise typer.Exit(ExitStatus.LEFT_OUT) from error


def _now() -> datetime:
    from schemas.uk_time import UK_TIME

    return datetime.now(UK_TIME).replace(microsecond=0)


def _unusable(*faults: str) -> typer.Exit:
    from schemas.printable import printable

    for fault in faults:
        typer.echo(printable(fault), err=True)
    return typer.Exit(ExitStatus.UNUSABLE)
