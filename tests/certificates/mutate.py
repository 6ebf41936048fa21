"""Mutations of certificates: what a slip, a fault or a forger could make of one."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from checker.check import MALFORMED, hash_of, remade

OUTSIDE_HASH = ("sha256", "positions")

Place = tuple[Any, Any]
"""A list or an object, and the index or the key of a value in it."""


def mutated(certificate: dict[str, Any], chance: Random, part: str) -> dict[str, Any] | None:
    """Returns a certificate with one value changed, removed, repeated, added or swapped.

    `part` is `positions` for one in these, and else blank. None if nothing has changed.
    """
    made = _copied(certificate)
    whole = made["positions"] if part else made
    hidden = made.pop("positions") if not part else None
    _change(*_place(whole, chance), whole, chance)
    made |= {} if part else {"positions": hidden}
    return None if same(made, certificate) else made


def forged(certificate: dict[str, Any], chance: Random) -> dict[str, Any] | None:
    """Returns a mutated certificate with a hash that is right, as a forger would make it."""
    made = mutated(certificate, chance, "")
    if made is None:
        return None
    return _with_hash(made, certificate)


def forged_well(certificate: dict[str, Any], chance: Random) -> dict[str, Any] | None:
    """Returns a forged certificate of which the forger has made all sums and words right again.

    None too if nothing can be made of it.
    """
    made = mutated(certificate, chance, "")
    try:
        made = remade(made)
    except MALFORMED:
        return None
    return _with_hash(made, certificate)


def same(one: Any, other: Any) -> bool:
    """Returns whether two values are the same as JSON: 1 is neither 1.0 nor true."""
    # What differs for Python differs as JSON too, and is seen sooner.
    return one == other and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _copied(value: Any) -> Any:
    """Returns a copy; some ten times as fast as `copy.deepcopy`."""
    return json.loads(json.dumps(value))


def _with_hash(made: dict[str, Any], true: dict[str, Any]) -> dict[str, Any] | None:
    content = {name: made[name] for name in made if name not in OUTSIDE_HASH}
    if same(content, {name: true[name] for name in true if name not in OUTSIDE_HASH}):
        return None
    return made | {"sha256": hash_of(content)}


def _place(holder: Any, chance: Random) -> Place:
    """Returns the place of a value in a value, mostly one far inside."""
    while True:
        keys = range(len(holder)) if isinstance(holder, list) else list(holder)
        key = chance.choice(keys)
        if not (isinstance(holder[key], dict | list) and holder[key]) or chance.random() < 0.1:
            return holder, key
        holder = holder[key]


def _change(holder: Any, key: Any, whole: Any, chance: Random) -> None:
    way = chance.random()
    if way < 0.1:
        del holder[key]
    elif way < 0.2:
        extra = _copied(holder[key])
        if isinstance(holder, list):
            holder.insert(chance.randrange(len(holder) + 1), extra)
        else:
            holder[f"{key}_"] = extra
    elif way < 0.35:
        siblings = list(range(len(holder)) if isinstance(holder, list) else holder)
        other = chance.choice(siblings)
        holder[key], holder[other] = holder[other], holder[key]
    elif way < 0.5:
        there, name = _place(whole, chance)
        holder[key] = _copied(there[name])
    else:
        holder[key] = _other(holder[key], chance)


def _other(value: Any, chance: Random) -> Any:
    """Returns another value, mostly of the same kind and near."""
    if chance.random() < 0.1:
        return chance.choice([None, True, False, 0, 1, -1, 1.0, "", "0", [], {}])
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return chance.choice([value + 1, value - 1, value + 10, -value, value * 2, float(value)])
    if isinstance(value, str) and value:
        at = chance.randrange(len(value))
        return value[:at] + chance.choice("aefkz0189 .-") + value[at + 1 :]
    if isinstance(value, list | dict):
        return type(value)()
    return chance.choice([0, 1, "", False])
