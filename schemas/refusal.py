"""Why an event was refused: field, value and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import ValidationError

from schemas.events import EVENT_TYPES
from schemas.printable import printable
from schemas.visible import hidden_in

VALUE_LENGTH_MAX = 200
"""Characters of a refused value that are shown; enough to find it again."""

REFUSALS_MAX = 20
"""Refusals listed for one event; a file of the wrong kind has one for every field."""

_REMEDIES = {
    "missing": "missing; add it",
    "extra_forbidden": "unknown; leave it out or correct its name",
    "unexpected_keyword_argument": "unknown; leave it out or correct its name",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing wrong with an event. `field` is a path such as `candidates[0].votes`."""

    field: str
    value: str
    remedy: str

    def __str__(self) -> str:
        """Returns the refusal as one line."""
        return ": ".join(part for part in (self.field, self.value, self.remedy) if part)


def refusals(error: ValidationError) -> list[Refusal]:
    """Returns what pydantic found wrong, at most REFUSALS_MAX, in the order found.

    The cost is linear in the number of faults.
    """
    found = error.errors(include_url=False)
    # A list whose items are all faulty is called too short as well; that adds nothing.
    short = {each["loc"] for each in found if each["type"] == "too_short"}
    if short:
        short &= {each["loc"][:depth] for each in found for depth in range(len(each["loc"]))}
    listed = (each for each in found if each["type"] != "too_short" or each["loc"] not in short)
    return [_refusal(dict(each)) for each in islice(listed, REFUSALS_MAX)]


def refusal_of(error: ValueError) -> Refusal:
    """Returns a refusal from an error whose message reads `field: what is wrong; remedy`."""
    field, _, remedy = str(error).partition(": ")
    return Refusal(field, "", remedy) if remedy else Refusal("event", "", field)


def _refusal(error: dict[str, Any]) -> Refusal:
    path = _path(error["loc"])
    kind = error["type"]
    if kind == "value_error":
        return _of_check(path, error)
    if kind.startswith("union_tag"):
        given = error["input"].get("type") if isinstance(error["input"], dict) else None
        field = "type" if path == "event" else f"{path}.type"
        return Refusal(field, shorten(given), f"give one of {', '.join(sorted(EVENT_TYPES))}")
    if kind in _REMEDIES:
        return Refusal(path, "", _REMEDIES[kind])
    if kind == "string_pattern_mismatch" and (hidden := hidden_in(error["input"])):
        return Refusal(path, shorten(error["input"]), hidden)
    return Refusal(path, shorten(error["input"]), error["msg"])


def _of_check(path: str, error: dict[str, Any]) -> Refusal:
    """Returns a refusal by one of the schemas' own checks."""
    found = refusal_of(error["ctx"]["error"])
    if isinstance(error["input"], dict):
        # A check of the whole model names the field in its message, and the values with it.
        prefix = "" if path == "event" else f"{path}."
        return Refusal(f"{prefix}{found.field}", "", found.remedy)
    return Refusal(path, shorten(error["input"]), str(error["ctx"]["error"]))


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part not in EVENT_TYPES:  # pydantic puts the discriminator into the path
            path += f".{printable(part)}"  # a key that nobody knows is the sender's own text
    return path.removeprefix(".") or "event"


def shorten(value: object) -> str:
    """Returns a value for use in a message: printable and not too long."""
    text = repr(value.decode("utf-8", "replace") if isinstance(value, bytes) else value)
    return text if len(text) <= VALUE_LENGTH_MAX else f"{text[:VALUE_LENGTH_MAX]}…"
