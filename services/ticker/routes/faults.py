"""What is wrong with a request's parameters: each with its name, its value and a remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from fastapi import HTTPException

SHOWN_CHARS_MAX: Final = 40
"""Characters of a wrong value that an answer repeats."""

_REMEDIES: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "string_too_long": lambda about: f"give at most {about['max_length']} characters",
    "string_too_short": lambda about: f"give at least {about['min_length']} characters",
    "greater_than_equal": lambda about: f"give {about['ge']} or more",
    "less_than_equal": lambda about: f"give {about['le']} or less",
    "int_parsing": lambda _: "give a whole number",
    "int_parsing_size": lambda _: "give a whole number of fewer digits",
    "int_from_float": lambda _: "give a whole number",
    "string_pattern_mismatch": lambda about: f"give what matches {about['pattern']}",
    "bool_parsing": lambda _: "give 1 or 0",
    "literal_error": lambda about: f"give {about['expected']}",
    "enum": lambda about: f"give {about['expected']}",
}
"""What to do, by pydantic's name of the fault and what it tells about it."""


def faults_text(faults: Iterable[Mapping[str, Any]]) -> str:
    """Returns faults as pydantic finds them in one text, in the order of the parameters.

    One that is missing has no value. A fault of another kind keeps pydantic's words.
    """
    return ". ".join(_fault_text(fault) for fault in faults)


def malformed_feed_id(name: str, value: str) -> HTTPException:
    """Returns the refusal of a parameter or header that has not the form of a feed id."""
    return HTTPException(
        400,
        f"{name}: {value[:SHOWN_CHARS_MAX]!r}; give the id of an event or the feed_id of an answer,"
        " such as 1716403800000-0",
    )


def _fault_text(fault: Mapping[str, Any]) -> str:
    name = fault["loc"][-1]
    if fault["type"] == "missing":
        return f"{name}: is missing; give it in the address, as {name}=…"
    words = _REMEDIES.get(fault["type"])
    remedy = words(fault.get("ctx", {})) if words else fault["msg"]
    return f"{name}: {str(fault['input'])[:SHOWN_CHARS_MAX]!r}; {remedy}"
