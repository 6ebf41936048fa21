"""Parts of JSON answers, whatever is missing in them or of another kind."""

from __future__ import annotations

import re
from typing import Any

import orjson

from readers.public_sources.records import Page, Place, Sources


def parsed(text: str) -> object:
    """Returns what a JSON text holds; None if it is no JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def items(answer: object) -> list[dict[str, Any]]:
    """Returns the objects of a page with `results`, of an array, or the only one."""
    found = answer.get("results", [answer]) if isinstance(answer, dict) else answer
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def note_page(at: Place, answer: object, sources: Sources) -> None:
    """Notes how many items a page of an answer has, and how many there are in all."""
    if isinstance(answer, dict) and isinstance(answer.get("count"), int):
        sources.pages.append(Page(at, len(items(answer)), answer["count"]))


def part(item: dict[str, Any], name: str) -> dict[str, Any]:
    """Returns an object within an object; an empty one if there is none."""
    found = item.get(name)
    return found if isinstance(found, dict) else {}


def words(item: dict[str, Any], name: str) -> str:
    """Returns a field as text without surrounding space; blank if it is missing or no text."""
    found = item.get(name)
    return "" if found is None or isinstance(found, dict | list) else str(found).strip()


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
