"""Where the tables of a file of keys stand in its text, so that faults can name their line."""

from __future__ import annotations

import re
from typing import Final

_KEYS: Final = re.compile(r"^[ \t]*\[\[[ \t]*keys[ \t]*\]\][ \t]*(?:#.*)?$")
_TABLE: Final = re.compile(r"^[ \t]*\[")


def key_lines(text: str) -> list[int]:
    """Returns the number of the line, from 1, on which each `[[keys]]` table begins."""
    return [
        number for number, line in enumerate(text.splitlines(), 1) if _KEYS.fullmatch(line.rstrip())
    ]


def field_line(text: str, table: int, field: str) -> int | None:
    """Returns the line of a field of a table, counted from 0; the table's own if it has none.

    `field` may be a path such as `councils[2]`. None if there is no such table, as tables can be
    written in other ways.
    """
    begins = key_lines(text)
    if table >= len(begins):
        return None
    name = re.escape(re.split(r"[.\[]", field, maxsplit=1)[0])
    wanted = re.compile(rf"""^[ \t]*["']?{name}["']?[ \t]*=""")
    for number, line in enumerate(text.splitlines()[begins[table] :], begins[table] + 1):
        if _TABLE.match(line):
            break
        if wanted.match(line):
            return number
    return begins[table]
