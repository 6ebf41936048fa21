"""Parts of JSON answers, whatever is missing in them or of another kind."""

from __future__ import annotations

import re
from typing import Any

import orjson


def parsed(text: str) -> object:
    """Returns what a JSON text holds; None if it is no JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def items(answer: object) -> list[dict[str, Any]]:
    """Returns the objects of a page with `results`, of an array, or the only one."""
    found = answer.get("results", [answer]) if isinstance(answer, dict) else answer
    return objects(found) if isinstance(found, list) else []


def objects(found: object) -> list[dict[str, Any]]:
    """Returns the objects in an array, or the only one, if there are any."""
    several = found if isinstance(found, list) else [found]
    return [each for each in several if isinstance(each, dict)]


def part(item: dict[str, Any], name: str) -> dict[str, Any]:
    """Returns an object within an object; an empty one if there is none."""
    found = item.get(name)
    return found if isinstance(found, dict) else {}


def as_text(value: object) -> str:
    """Returns a value as text without surrounding space; blank if it is null, object or array."""
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def words(item: dict[str, Any], name: str) -> str:
    """Returns a field as text; blank if it is missing."""
    return as_text(item.get(name))


def whole(text: str, *, most: int) -> int | None:
    """Returns a whole number from 0 to `most`; None if a text holds no such number."""
    number = int(text) if text.isdecimal() and len(text) <= len(str(most)) else -1
    return number if 0 <= number <= most else None


def lines_of(text: str, field: str) -> dict[str, int]:
    """Returns the line on which each value of a field stands first."""
    found: dict[str, int] = {}
    line, place = 1, 0
    for match in re.finditer(rf'"{field}"\s*:\s*"([^"]*)"', text):
        line += text.count("\n", place, match.start())
        place = match.start()
        found.setdefault(match[1], line)
    return found
