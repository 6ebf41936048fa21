"""The file of keys: TOML with one [[keys]] table for each key. It has hashes, and no secrets.

Beside them it may have [[policy]] tables, which say when a stringer's word needs a second person.
"""

from __future__ import annotations

import json
import re
import stat
import tomllib
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from schemas.printable import printable
from schemas.refusal import Refusal, refusals, shorten
from services.access.holder import RESERVED
from services.access.key import Key
from services.access.key_tables import field_line
from services.access.second_entry.policy import Policy, own_trust, policies_of, trusted

KEYS_MAX: Final = 2_000
"""Keys of one file, revoked ones included: 300 stringers, a source for each of some 400 councils,
and as many again over a year. So many are read in half a second, beside the loop; a request looks
one up in some microseconds."""

FILE_MAX_BYTES: Final = 2_097_152
"""The largest file, 2 MiB: 1 kB for each key, three times what a stringer's has."""

_KINDS: Final = {"keys": "key", "policy": "policy"}
"""The kinds of tables in a file, each with what one of them is."""

_LINE: Final = re.compile(r"at line (\d+)")


class KeysError(ValueError):
    """A file of keys that cannot be used. `faults` are all that were found, one line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class KeysFile(NamedTuple):
    """What a file of keys says: its keys with the trust that holds, and its policies."""

    keys: tuple[Key, ...] = ()
    policies: tuple[Policy, ...] = ()


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
    """Returns what a file says, in its order; there have to be at least so many keys.

    Raises KeysError with every fault found, `file:line: key 'id': field: value: remedy`.
    """
    text = _text(content, file)
    found = _tables(text, file)
    tables = found["keys"]
    faults: list[str] = []
    if not least <= len(tables) <= KEYS_MAX:
        remedy = f"give 1 to {KEYS_MAX}; `livecount access add` adds one"
        faults.append(f"{file}: {len(tables)} keys; {remedy}")
    keys: list[Key] = []
    known = _Known()
    for number, table in enumerate(tables[:KEYS_MAX]):
        try:
            key = _key(table)
        except ValidationError as error:
            wrong = [_without_secret(each) for each in refusals(error)]
        else:
            wrong = [*known.clashes(key), *own_trust(key)]
            keys.append(key)
        place = shorten(table["id"]) if "id" in table else f"{number + 1}"
        for each in wrong:
            at = _at(file, field_line(text, "keys", number, each.field))
            faults.append(f"{at}: key {place}: {each}")
    policies, wrong_policies = policies_of(found["policy"])
    for number, each in wrong_policies:
        at = _at(file, field_line(text, "policy", number, each.field))
        faults.append(f"{at}: policy {number + 1}: {each}")
    if faults:
        raise KeysError(faults)
    return KeysFile(trusted(keys, policies), policies)


def _text(content: bytes, file: Path) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise KeysError([f"{file}: {printable(str(error))}; correct the TOML"]) from error


def _at(file: Path, line: int | None) -> str:
    return str(file) if line is None else f"{file}:{line}"


def _tables(text: str, file: Path) -> dict[str, list[dict[str, Any]]]:
    """Returns the tables of a file by their kind. Raises KeysError if it has anything else."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        named = _LINE.search(str(error))
        at = _at(file, int(named[1]) if named else None)
        raise KeysError([f"{at}: {printable(str(error))}; correct the TOML"]) from error
    except RecursionError as error:
        raise KeysError([f"{file}: nested too deeply; this is no file of keys"]) from error
    tables = {kind: found.pop(kind, []) for kind in _KINDS}
    faults = [f"{file}: {printable(name)}: unknown; write [[keys]] tables" for name in found]
    for kind, what in _KINDS.items():
        of_kind = tables[kind]
        if not isinstance(of_kind, list) or not all(isinstance(each, dict) for each in of_kind):
            faults.append(f"{file}: {kind}: write each {what} as a [[{kind}]] table")
            tables[kind] = []
    if faults:
        raise KeysError(faults)
    return tables


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


def _key(table: dict[str, Any]) -> Key:
    # By way of JSON, in which a list is a tuple and a time is text; TOML has types of its own.
    return Key.model_validate_json(json.dumps(table, default=_as_text))


def _as_text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _without_secret(refusal: Refusal) -> Refusal:
    """Returns a refusal without its value where somebody may have written a secret."""
    if refusal.field != "hash" or not refusal.value:
        return refusal
    return Refusal("hash", "", "not sha256: and 64 digits; `livecount access add` writes it")


class _Known:
    """The ids and the hashes of the keys before."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._hashes: set[str] = set()

    def clashes(self, key: Key) -> list[Refusal]:
        """Returns what is wrong with a key beside those before it, which it then is one of."""
        found = []
        if key.revoked is None:
            if key.id in RESERVED:
                remedy = f"is {RESERVED[key.id]}; give the key another id"
                found.append(Refusal("id", shorten(key.id), remedy))
            if key.id in self._ids:
                found.append(Refusal("id", shorten(key.id), "used by two keys; revoke one of them"))
            self._ids.add(key.id)
        if key.hash in self._hashes:
            found.append(Refusal("hash", "", "used by two keys; add a key of its own"))
        self._hashes.add(key.hash)
        return found
