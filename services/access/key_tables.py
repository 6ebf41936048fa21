"""Where the tables of a file of keys stand in its text, so that faults can name their line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_TABLE: Final = re.compile(r"^[ \t]*\[")
_PATH: Final = re.compile(r"(?P<name>[^.\[]*)(?:\[(?P<place>\d+)\])?(?:\.(?P<rest>.+))?")


def table_lines(text: str, kind: str) -> list[int]:
    """Returns the line, from 1, on which each table of a kind such as `keys` begins: `[[keys]]`."""
    begin = re.compile(rf"^[ \t]*\[\[[ \t]*{re.escape(kind)}[ \t]*\]\][ \t]*(?:#.*)?$")
    lines = text.splitlines()
    return [number for number, line in enumerate(lines, 1) if begin.match(line.rstrip())]


def field_line(text: str, kind: str, table: int, field: str) -> int | None:
    """Returns the line of a field of a table of a kind, the tables counted from 0.

    It is the line of the table itself if that does not have the field. `field` may be a path such
    as `councils[2]`, or `trusts[0].council` for one of a table of its own. None if there is no such
    table, as tables can be written in other ways.
    """
    begins = table_lines(text, kind)
    if table >= len(begins):
        return None
    lines = text.splitlines()
    end = begins[table + 1] - 1 if table + 1 < len(begins) else len(lines)
    path = _PATH.match(field)
    if path is not None and path["rest"] and path["place"]:
        inner = table_lines(text, f"{kind}.{path['name']}")
        found = [line for line in inner if begins[table] < line <= end]
        place = int(path["place"])
        if place < len(found):
            return _line_in(lines[:end], found[place], path["rest"])
    return _line_in(lines[:end], begins[table], field)


def _line_in(lines: Sequence[str], begin: int, field: str) -> int:
    """Returns the line of a field in the table that begins on a line; that line if it has none."""
    name = re.escape(re.split(r"[.\[]", field, maxsplit=1)[0])
    wanted = re.compile(rf"""^[ \t]*["']?{name}["']?[ \t]*=""")
    for number, line in enumerate(lines[begin:], begin + 1):
        if _TABLE.match(line):
            break
        if wanted.match(line):
            return number
    return begin
