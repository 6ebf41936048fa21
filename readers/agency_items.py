"""The Press Association's messages about councils, as JSON or as the XML it is made from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree as ET

import orjson

from readers.file_kind import is_xml
from readers.findings import Findings
from readers.json_parts import as_text, objects
from readers.xml_root import xml_root

RESULT: Final = "LocalElectionResult"
RUSH: Final = "LocalElectionRush"
NOMINATIONS: Final = "LocalElectionNominations"

_DEPTH_MAX: Final = 20
"""Elements within elements that are read; the agency's have six."""


class Item(NamedTuple):
    """A message: its kind, such as `LocalElectionResult`, what is in it, and its line."""

    kind: str
    content: dict[str, Any]
    line: int


def agency_items(file: Path, text: str, findings: Findings) -> tuple[Item, ...]:
    """Returns the messages in a text: one, or an array or an element of several.

    A text that is neither JSON nor XML is a fault, as is XML with a document type: what that
    defines could be expanded without end.
    """
    items = _of_xml(file, text, findings) if is_xml(text) else _of_json(file, text, findings)
    places: dict[str, list[int]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for kind in {kind for kind, _ in items}:
            if f'"{kind}"' in line or f"<{kind}" in line:
                places.setdefault(kind, []).append(number)
    found: list[Item] = []
    for kind, content in items:
        lines = places.get(kind, [1])
        # A line may hold several; then they are all on it.
        found.append(Item(kind, content, lines.pop(0) if len(lines) > 1 else lines[0]))
    return tuple(found)


def as_json(element: ET.Element, depth: int = _DEPTH_MAX) -> dict[str, Any]:
    """Returns an element as the agency's JSON has it: attributes begin with an at sign.

    What is nested deeper than `depth` is left out.
    """
    found: dict[str, Any] = {f"@{name}": value for name, value in element.attrib.items()}
    for child in element if depth else ():
        found.setdefault(child.tag, []).append(as_json(child, depth - 1))
    return {
        name: each[0] if isinstance(each, list) and len(each) == 1 else each
        for name, each in found.items()
    }


def _of_json(file: Path, text: str, findings: Findings) -> list[tuple[str, dict[str, Any]]]:
    try:
        answer = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        findings.fault(file, 1, f"is JSON that cannot be read: {error}; have it sent again")
        return []
    return [
        (kind, content)
        for each in objects(answer)
        for kind, content in each.items()
        if isinstance(content, dict)
    ]


def _of_xml(file: Path, text: str, findings: Findings) -> list[tuple[str, dict[str, Any]]]:
    root = xml_root(file, text, findings, remedy="have it sent again")
    if root is None:
        return []
    several = [root] if root.find("Election") is not None or not len(root) else [*root]
    return [(each.tag, as_json(each)) for each in several]


def attribute(item: dict[str, Any], name: str) -> str:
    """Returns an attribute, which their JSON marks with an at sign; blank if there is none."""
    return as_text(item.get(f"@{name}", item.get(name)))


def parties(item: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the parties of a part; a single one is no array in their JSON."""
    return objects(item.get("Party"))
