"""Where the tables of a file of keys stand in its text, so that faults can name their line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_TABLE: Final = re.compile(r"^[ \t]*\[")
_PATH: Final = re.compile(r"(?P<name>[^.\[]*)(?:\[(?P<place>\d+)\])?(?:\.(?P<rest>.+))?")


def table_lines(text: str, name: str = "keys") -> list[int]:
    """Returns the number of the line, from 1, on which each table of a name such as keys begins."""
    begin = re.compile(rf"^[ \t]*\[\[[ \t]*{name}[ \t]*\]\][ \t]*(?:#.*)?$")
    return _tables(text.splitlines(), begin)


def field_line(text: str, table: int, field: str, name: str = "keys") -> int | None:
    """Returns the line of a field of a table, counted from 0; the table's own if it has none.

    `field` may be a path such as `councils[2]`, or `trusts[0].council` for one of a table of its
    own. None if there is no such table, as tables can be written in other ways.
    """
    begins = table_lines(text, name)
    if table >= len(begins):
        return None
    lines = text.splitlines()
    end = begins[table + 1] - 1 if table + 1 < len(begins) else len(lines)
    path = _PATH.match(field)
    if path is not None and path["rest"] and path["place"]:
        inner = re.compile(rf"^[ \t]*\[\[[ \t]*{name}\.{re.escape(path['name'])}[ \t]*\]\]")
        found = [line for line in _tables(lines[:end], inner) if line > begins[table]]
        place = int(path["place"])
        if place < len(found):
            return _line_in(lines[:end], found[place], path["rest"])
    return _line_in(lines[:end], begins[table], field)


def _tables(lines: Sequence[str], begin: re.Pattern[str]) -> list[int]:
    return [number for number, line in enumerate(lines, 1) if begin.match(line.rstrip())]


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
