"""Changes to a file of keys: as text, so that comments and order stay, and all at once."""

from __future__ import annotations

import fcntl
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from services.access.holder import RESERVED
from services.access.key import Key
from services.access.key_tables import field_line, table_lines
from services.access.keys_file import KeysError, KeysFile, parse_keys, read_content
from services.access.people import Blocked, People
from services.access.second_entry.policy import Policy, own_trust, trusted

PREFACE: Final = (
    "# The keys of livecount's sources: hashes, no secrets. See docs/operations/keys.md.\n"
    "# A running intake reads changes by itself.\n"
)

TRUSTS: Final = "[[keys.trusts]]"
"""What a table begins with that says how far a key's word counts in one place."""

POLICY: Final = "[[policy]]"
"""What a table begins with that says when a stringer's word needs a second person."""

_QUOTED: Final = re.compile(r"""(["'])[a-z]+\1""")

MODE: Final = 0o600
"""Only the owner reads and writes it: whoever can write it can let themselves in."""


def add_key(file: Path, key: Key) -> Key:
    """Adds a key to a file, which is made if there is none; returns it as the file has it.

    Raises KeysError, and changes nothing, if the file has a fault, cannot be written, or has a key
    of this id that is not revoked, and if the key is a stringer's with a trust of its own.
    """
    if key.id in RESERVED:
        raise KeysError([f"id: {key.id}: is {RESERVED[key.id]}; give another id"])

    refused = own_trust(key)
    if refused:
        raise KeysError([str(each) for each in refused])

    def edit(text: str, was: KeysFile) -> str:
        if any(each.id == key.id and each.revoked is None for each in was.keys):
            raise KeysError([f"id: {key.id}: there is such a key; revoke it first"])
        return _with(text, _table(key))

    now = _change(
        file, edit, lambda was: was._replace(keys=trusted((*was.keys, key), was.policies))
    )
    return now.keys[-1]


def block_person(file: Path, person: Blocked) -> None:
    """Notes in a file that a person of the identity provider is blocked.

    Raises KeysError, and changes nothing, if the file has a fault or cannot be written, or if they
    are blocked already.
    """

    def edit(text: str, was: KeysFile) -> str:
        if was.people.is_blocked(person.person):
            raise KeysError([f"person: {person.person}: is blocked already; nothing to do"])
        values = person.model_dump(mode="json", exclude_none=True)
        return _with(text, "\n".join(["[[blocked]]", *_lines(values), ""]))

    def expected(was: KeysFile) -> KeysFile:
        people = People(was.people.groups, (*was.people.blocked, person))
        return was._replace(people=people)

    _change(file, edit, expected)


def _with(text: str, table: str) -> str:
    """Returns a file's text with a table at its end."""
    begins = text or PREFACE
    end = "" if begins.endswith("\n") else "\n"
    return f"{begins}{end}\n{table}"


def revoke_key(file: Path, key_id: str, at: datetime, by: str) -> None:
    """Notes in a file that a key is revoked; its entry stays.

    Raises KeysError, and changes nothing, if the file has a fault or cannot be written, or has no
    such key, or none that is not revoked.
    """

    def place(keys: tuple[Key, ...]) -> int:
        own = [number for number, each in enumerate(keys) if each.id == key_id]
        valid = [number for number in own if keys[number].revoked is None]
        if valid:
            return valid[0]
        if own:
            revoked = keys[own[-1]].revoked
            raise KeysError([f"id: {key_id}: was revoked at {revoked}; nothing to do"])
        raise KeysError([f"id: {key_id}: no such key; see `livecount access list`"])

    def edit(text: str, was: KeysFile) -> str:
        number = place(was.keys)
        begins = table_lines(text, "keys")
        if len(begins) != len(was.keys):
            raise KeysError([f"{file}: its tables are not plain [[keys]]; revoke it by hand"])
        lines = text.splitlines(keepends=True)
        who = json.dumps(by, ensure_ascii=False)
        lines.insert(begins[number], f"revoked = {at.isoformat()}\nrevoked_by = {who}\n")
        return "".join(lines)

    def expected(was: KeysFile) -> KeysFile:
        keys, number = was.keys, place(was.keys)
        revoked = keys[number].model_copy(update={"revoked": at, "revoked_by": by})
        return was._replace(keys=(*keys[:number], revoked, *keys[number + 1 :]))

    _change(file, edit, expected)


def set_policy(file: Path, policy: Policy) -> None:
    """Sets the policy of a place in a file, in the table that the place has, or in a new one.

    Raises KeysError, and changes nothing, if the file has a fault or cannot be written.
    """

    def edit(text: str, was: KeysFile) -> str:
        places = [each.place for each in was.policies]
        if policy.place not in places:
            values = policy.model_dump(mode="json", exclude_none=True)
            return _with(text, "\n".join([POLICY, *_lines(values), ""]))
        line = field_line(text, "policy", places.index(policy.place), "second_entry")
        if line is None:
            raise KeysError([f"{file}: its policies are not plain {POLICY}; change it by hand"])
        lines = text.splitlines(keepends=True)
        lines[line - 1] = _QUOTED.sub(f'"{policy.second_entry}"', lines[line - 1], count=1)
        return "".join(lines)

    def expected(was: KeysFile) -> KeysFile:
        by_place = {each.place: each for each in was.policies} | {policy.place: policy}
        policies = tuple(by_place.values())
        people = People(trusted(was.people.groups, policies), was.people.blocked)
        return KeysFile(trusted(was.keys, policies), policies, people)

    _change(file, edit, expected)


def _change(
    file: Path,
    edit: Callable[[str, KeysFile], str],
    expected: Callable[[KeysFile], KeysFile],
) -> KeysFile:
    """Changes a file's text, if what it then says is what is expected; else raises KeysError.

    Returns what it says.
    """
    # What a link points to is changed, and the link stays.
    file = file.resolve()
    try:
        with _locked(file.parent):
            content = read_content(file) if file.exists() else b""
            was = parse_keys(content, file, least=0)
            changed = edit(content.decode(), was)
            now = parse_keys(changed.encode(), file)
            if now != expected(was):
                raise KeysError([f"{file}: is written in an unusual way; change it by hand"])
            _replace(file, changed)
            return now
    except BlockingIOError as error:
        raise KeysError([f"{file}: another command changes it now; do it again"]) from error
    except OSError as error:
        raise KeysError([f"{file}: cannot be written: {error.strerror}"]) from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keeps other commands out of a folder's files of keys; raises BlockingIOError if one is in."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _replace(file: Path, text: str) -> None:
    """Writes a file anew under another name, and renames it: nobody ever reads half of it.

    It keeps its owner, because intake has to read it; raises KeysError if that is another user to
    whom this one may not give files.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fchmod(opened.fileno(), MODE)
            if file.exists():
                _keep_owner(opened.fileno(), file)
            os.fsync(opened.fileno())
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _keep_owner(descriptor: int, file: Path) -> None:
    owner = file.stat()
    try:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    except PermissionError as error:
        remedy = f"belongs to the user {owner.st_uid}; run this as that user"
        raise KeysError([f"{file}: {remedy}"]) from error


def _table(key: Key) -> str:
    """Returns a key as a table of TOML. JSON's texts, numbers and lists are TOML's as well.

    A stringer's does not say how far it is trusted: the policy does.
    """
    values = key.model_dump(mode="json", exclude_none=True)
    if key.role == "stringer":
        del values["trust"]
    trusts = values.pop("trusts")
    tables = [["[[keys]]", *_lines(values)], *(["", TRUSTS, *_lines(each)] for each in trusts)]
    return "\n".join([line for table in tables for line in table] + [""])


def _lines(values: Mapping[str, object]) -> Iterator[str]:
    times = {"expires", "added", "revoked", "at"}
    for name, value in values.items():
        if value not in ("", []):
            yield f"{name} = {value if name in times else json.dumps(value, ensure_ascii=False)}"
