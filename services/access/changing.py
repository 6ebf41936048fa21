"""What commands that change the file of keys share: the file, its faults, and the audit."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import typer
from pydantic import ValidationError

from schemas.audit_entry import RESULT_CHARACTERS_MAX, Action, AuditEntry
from schemas.printable import printable
from schemas.refusal import refusals
from services.access.key import Key
from services.access.keys_edit import add_key, block_person
from services.access.keys_file import KeysError
from services.access.operator import OPERATOR_CHARACTERS_MAX
from services.access.people import PREFIX, Blocked
from services.access.trail import write_entry
from services.platform.accounts import load_account_settings
from services.platform.clock import uk_now
from services.platform.errors import KafkaUnavailableError
from services.platform.exit_status import ExitStatus
from services.platform.settings import Settings


def settings_of_audit() -> Settings:
    """Returns the settings of the audit's account, which says what was changed."""
    return load_account_settings("audit")


def keys_file_of(settings: Settings, given: Path | None) -> Path:
    """Returns the file of keys that is given, or that of the settings; ends if there is none."""
    file = given or settings.keys_file
    if file is None:
        raise unusable("keys: there is no file of keys; set LIVECOUNT_KEYS_FILE, or give --keys")
    return file


def now() -> datetime:
    """Returns the time of a change, to the second."""
    return uk_now().replace(microsecond=0)


def added(file: Path, **fields: object) -> Key:
    """Adds a key with these fields to a file; each fault ends the command.

    Returns the key as the file has it now, a stringer's with the trust that the policy gives it.
    """
    try:
        key = add_key(file, Key.model_validate(fields))
    except ValidationError as error:
        raise unusable(*(str(each) for each in refusals(error))) from error
    except KeysError as error:
        raise unusable(*error.faults) from error
    return key


def blocked(file: Path, person: str, by: str) -> None:
    """Notes in the file that a person is blocked; each fault ends the command."""
    try:
        block_person(file, Blocked(person=person, at=now(), by=by))
    except ValidationError as error:
        remedy = f"give the id of a person as the audit has it, which begins with {PREFIX}"
        raise unusable(f"person: {person!r}: {remedy}") from error
    except KeysError as error:
        raise unusable(*error.faults) from error


def tell_audit(settings: Settings, action: Action, who: str, key_id: str, result: str) -> None:
    """Writes an entry about a change of keys. Raises Exit if that fails; the change stands.

    The id of a key is blank if the change is about none of them alone.
    """
    entry = AuditEntry(
        at=now(),
        action=action,
        who=who[:OPERATOR_CHARACTERS_MAX],
        keys=(key_id,) if key_id else (),
        result=result[:RESULT_CHARACTERS_MAX],
    )
    try:
        asyncio.run(write_entry(settings, entry, "/livecount/access"))
    except KafkaUnavailableError as error:
        typer.echo(f"the audit was not told, the change stands: {error}", err=True)
        raise typer.Exit(ExitStatus.LEFT_OUT) from error


def unusable(*faults: str) -> typer.Exit:
    """Returns what ends a command whose arguments or file cannot be used, and prints why."""
    for fault in faults:
        typer.echo(printable(fault), err=True)
    return typer.Exit(ExitStatus.UNUSABLE)
