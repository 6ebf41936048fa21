"""The file of keys: TOML with one [[keys]] table for each key. It has hashes, and no secrets.

Beside them it may have [[policy]] tables, which say when a stringer's word needs a second person,
and [[groups]] and [[blocked]] for the people of an identity provider.
"""

from __future__ import annotations

import json
import re
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from pydantic import ValidationError

from schemas.base import Model
from schemas.printable import printable
from schemas.refusal import Refusal, refusals, shorten
from services.access.holder import RESERVED
from services.access.key import Key
from services.access.key_tables import field_line
from services.access.people import PREFIX, Blocked, Group, People
from services.access.second_entry.policy import (
    Policy,
    own_trust,
    said_twice,
    trusted,
)

KEYS_MAX: Final = 2_000
"""Keys of one file, revoked ones included: 300 stringers, a source for each of some 400 councils,
and as many again over a year. So many are read in half a second, beside the loop; a request looks
one up in some microseconds."""

FILE_MAX_BYTES: Final = 2_097_152
"""The largest file, 2 MiB: 1 kB for each key, three times what a stringer's has."""


WORDS: Final = {"keys": "key", "policy": "policy", "groups": "group", "blocked": "blocked"}
"""The kinds of tables in a file, each with what one of them is."""

Table = TypeVar("Table", bound=Model)

_LINE: Final = re.compile(r"at line (\d+)")


class KeysFile(NamedTuple):
    """What a file of keys says: its keys with the trust that holds, its policies, and people.

    People are those of an identity provider.
    """

    keys: tuple[Key, ...] = ()
    policies: tuple[Policy, ...] = ()
    people: People = People()


class KeysError(ValueError):
    """A file of keys that cannot be used. `faults` are all that were found, one line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def load_keys(file: Path) -> tuple[Key, ...]:
    """Returns the keys of a file in its order. Raises KeysError with every fault found."""
    return parse_keys(read_content(file), file).keys


def read_content(file: Path) -> bytes:
    """Returns what is in a file of keys. Raises KeysError if it cannot be read."""
    try:
        with file.open("rb") as opened:
            content = opened.read(FILE_MAX_BYTES + 1)
    except OSError as error:
        remedy = "correct its name and rights, or make it with `livecount access add`"
        raise KeysError([f"{file}: cannot be read: {error.strerror}; {remedy}"]) from error
    if len(content) > FILE_MAX_BYTES:
        raise KeysError([f"{file}: more than {FILE_MAX_BYTES} bytes; this is no file of keys"])
    return content


def parse_keys(content: bytes, file: Path, *, least: int = 1) -> KeysFile:
    """Returns what a file says, in its order; there have to be at least so many keys or groups.

    Raises KeysError with every fault found, `file:line: key 'id': field: value: remedy`.
    """
    text, found = _read_toml(content, file)
    tables = {kind: found.pop(kind, []) for kind in WORDS}
    faults = [f"{file}: {printable(name)}: unknown; write [[keys]] tables" for name in found]
    for kind, each in tables.items():
        if not isinstance(each, list) or not all(isinstance(table, dict) for table in each):
            remedy = f"write each {WORDS[kind]} as a [[{kind}]] table"
            raise KeysError([*faults, f"{file}: {kind}: {remedy}"])
    if len(tables["keys"] + tables["groups"]) < least:
        faults.append(f"{file}: 0 keys; give 1 to {KEYS_MAX}; `livecount access add` adds one")
    faults += (
        f"{file}: {len(each)} [[{kind}]] tables; give at most {KEYS_MAX} of them"
        for kind, each in tables.items()
        if len(each) > KEYS_MAX
    )
    known = _Known()
    keys = _parsed(Key, tables["keys"], known.clashes, faults, _Place(file, text, "keys", "id"))
    policies = _parsed(
        Policy, tables["policy"], known.same_policy, faults, _Place(file, text, "policy", "")
    )
    groups = _parsed(
        Group, tables["groups"], known.same_group, faults, _Place(file, text, "groups", "group")
    )
    blocked = _parsed(
        Blocked, tables["blocked"], lambda _: [], faults, _Place(file, text, "blocked", "person")
    )
    if faults:
        raise KeysError(faults)
    people = People(trusted(groups, policies), tuple(blocked))
    return KeysFile(trusted(keys, policies), tuple(policies), people)


def _read_toml(content: bytes, file: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = content.decode()
        return text, tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        named = _LINE.search(str(error))
        at = f"{file}:{named[1]}" if named else str(file)
        raise KeysError([f"{at}: {printable(str(error))}; correct the TOML"]) from error
    except RecursionError as error:
        raise KeysError([f"{file}: nested too deeply; this is no file of keys"]) from error


class _Place(NamedTuple):
    """Where tables stand: file and text, what they are called, and the field that names one."""

    file: Path
    text: str
    name: str
    own: str


def _parsed(
    model: type[Table],
    tables: list[dict[str, Any]],
    clashes: Callable[[Table], list[Refusal]],
    faults: list[str],
    place: _Place,
) -> list[Table]:
    """Returns what tables say; adds a fault for everything wrong with them."""
    found: list[Table] = []
    for number, table in enumerate(tables[:KEYS_MAX]):
        try:
            # By way of JSON, in which a list is a tuple and a time is text.
            made = model.model_validate_json(json.dumps(table, default=_as_text))
        except ValidationError as error:
            wrong = [_without_secret(each) for each in refusals(error)]
        else:
            wrong = clashes(made)
            found.append(made)
        whose = shorten(table[place.own]) if place.own in table else f"{number + 1}"
        for each in wrong:
            line = field_line(place.text, place.name, number, each.field)
            at = str(place.file) if line is None else f"{place.file}:{line}"
            faults.append(f"{at}: {WORDS[place.name]} {whose}: {each}")
    return found


def cautions(file: Path) -> list[str]:
    """Returns a warning if others than the owner may read or change a file of keys."""
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError:
        return []
    may = [word for word, bits in (("read", 0o044), ("change", 0o022)) if mode & bits]
    if not may:
        return []
    return [f"{file}: others may {' and '.join(may)} it (mode {mode:o}); run chmod 600 {file}"]


def _as_text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _without_secret(refusal: Refusal) -> Refusal:
    """Returns a refusal without its value where somebody may have written a secret."""
    if refusal.field != "hash" or not refusal.value:
        return refusal
    return Refusal("hash", "", "not sha256: and 64 digits; `livecount access add` writes it")


class _Known:
    """The ids and the hashes of the keys before, and the places of policies and the groups."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._places: set[str] = set()
        self._groups: set[str] = set()
        self._hashes: set[str] = set()

    def clashes(self, key: Key) -> list[Refusal]:
        """Returns what is wrong with a key beside those before it, which it then is one of."""
        found = own_trust(key)
        if key.revoked is None:
            if key.id in RESERVED:
                remedy = f"is {RESERVED[key.id]}; give the key another id"
                found.append(Refusal("id", shorten(key.id), remedy))
            if key.id.startswith(PREFIX):
                remedy = f"{PREFIX} begins the ids of an identity provider's people; give another"
                found.append(Refusal("id", shorten(key.id), remedy))
            if key.id in self._ids:
                found.append(Refusal("id", shorten(key.id), "used by two keys; revoke one of them"))
            self._ids.add(key.id)
        if key.hash in self._hashes:
            found.append(Refusal("hash", "", "used by two keys; add a key of its own"))
        self._hashes.add(key.hash)
        return found

    def same_group(self, group: Group) -> list[Refusal]:
        """Returns what is wrong with a group beside those before it, which it then is one of."""
        is_known = group.group in self._groups
        self._groups.add(group.group)
        remedy = "stands in two tables; leave one of them out"
        found = [Refusal("group", shorten(group.group), remedy)] if is_known else []
        return [*found, *own_trust(group)]

    def same_policy(self, policy: Policy) -> list[Refusal]:
        """Returns what is wrong with a policy beside those before it, which it then is one of."""
        is_known = policy.place in self._places
        self._places.add(policy.place)
        return [said_twice(policy)] if is_known else []
