"""`todo.csv`: what could not be known of a night, as `livecount prepare` lists it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from readers.csv_table import read_table
from readers.findings import Findings

NAME: Final = "todo.csv"
"""What the file is called in the folder of a night."""


class Todo(NamedTuple):
    """One thing to do. `field` is what a correction gives to settle it; blank if none can."""

    council: str
    ballot_paper_id: str
    reason: str
    field: str
    what: str
    why: str
    where: str


COLUMNS: Final = Todo._fields
"""The columns of the file."""


def read_todo(folder: Path) -> tuple[Todo, ...]:
    """Returns what `todo.csv` in a folder lists; nothing if there is no such file.

    Raises UnusableFilesError if it cannot be read.
    """
    file = folder / NAME
    if not file.is_file():
        return ()
    findings = Findings()
    _, rows = read_table(file, findings, needs=tuple((name,) for name in COLUMNS))
    findings.raise_if_unusable()
    return tuple(Todo(*map(row.text, COLUMNS)) for row in rows)
