"""Reads a CSV file, as real exports write it, into rows of named cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from readers.file_kind import text_kind
from readers.findings import Findings
from readers.text_file import read_text
from schemas.refusal import shorten
from schemas.spelling import compared
from schemas.uk_time import parse_time

DIGITS_MAX = 12
"""The most digits of a number. Nothing that is counted has more, and int() would take long."""

# Also 1,234 and 1234.0, as spreadsheets write 1234.
_WHOLE = re.compile(r"^(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.0+)?$")
_FLAGS = {"1": True, "0": False, "1.0": True, "0.0": False}
_FLAGS |= {
    "t": True,
    "true": True,
    "y": True,
    "yes": True,
    "x": True,
    "\u2713": True,
    "\u2714": True,
}
_FLAGS |= {"f": False, "false": False, "n": False, "no": False}
_FLAGS |= dict.fromkeys(("won", "win", "winner", "successful", "ie", "etholwyd"), True)
_FLAGS |= dict.fromkeys(("lost", "lose", "loser", "defeated", "unsuccessful", "na"), False)
_FLAGS |= dict.fromkeys(("eliminated", "excluded", "unelected", "heb ei ethol"), False)

HEADER_LINES_MAX = 10
"""How many lines may stand above the header: a title, a date, a note."""

_DELIMITERS = (",", ";", "\t", "|")

Needs = tuple[tuple[str, ...], ...]
"""Groups of columns, of each of which a header has at least one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column, without surrounding white space.

    A column that the file lacks reads as blank. A cell that does not hold what it should reads
    as None, and a fault is added to `findings`.
    """

    file: Path
    line: int
    cells: dict[str, str]
    findings: Findings

    def text(self, column: str) -> str:
        """Returns a cell."""
        return self.cells.get(column, "")

    def fault(self, column: str, what: str) -> None:
        """Adds a fault of one cell; the message begins with its column and value."""
        self.findings.fault(self.file, self.line, f"{column}: {shorten(self.text(column))} {what}")

    def warn(self, column: str, what: str, *, once: str = "") -> None:
        """Adds a warning about one cell; the message begins with its column and value."""
        self.warn_without_value(column, f"{shorten(self.text(column))} {what}", once=once)

    def warn_without_value(self, column: str, what: str, *, once: str = "") -> None:
        """Adds a warning about several cells together; the message begins with the column."""
        self.findings.warn(self.file, self.line, f"{column}: {what}", once=once)

    def integer(self, column: str, *, most: int) -> int | None:
        """Returns a whole number from 0 to `most`, or None if the cell is blank."""
        value = self._number(column)
        if value is None or 0 <= value <= most:
            return value
        self.fault(column, f"is no whole number from 0 to {most}; correct it, or leave it blank")
        return None

    def integer_or_warn(self, column: str, *, most: int) -> int | None:
        """Returns a whole number from 0 to `most`; anything else is None, with only a warning.

        For numbers that no seat depends on.
        """
        value = self._number(column)
        if value is None or 0 <= value <= most:
            return value
        self.warn(column, f"is no whole number from 0 to {most}, and is left out")
        return None

    def _number(self, column: str) -> int | None:
        cell = self.text(column)
        if not cell:
            return None
        if cell.isdecimal() and len(cell) <= DIGITS_MAX:
            return int(cell)
        return int(cell.split(".")[0].replace(",", "")) if _WHOLE.match(cell) else -1

    def flag(self, column: str) -> bool | None:
        """Returns True for 1, False for 0 and None for blank or a dash.

        Words such as yes, ELECTED and NOT ELECTED are read too.
        """
        cell = self.text(column).casefold()
        if not cell.strip("-\u2013\u2014"):
            return None
        if cell in _FLAGS:
            return _FLAGS[cell]
        words = compared(cell)
        # Elected, elected unopposed, elected at stage 3.
        if words.startswith(("elected", "not elected")):
            return words.startswith("elected")
        if words in _FLAGS:
            return _FLAGS[words]
        self.fault(column, "is neither 1 nor 0; give one of them, or leave it blank")
        return None

    def day(self, column: str) -> date | None:
        """Returns a date written YYYY-MM-DD."""
        cell = self.text(column)
        if not cell:
            return None
        try:
            return date.fromisoformat(cell)
        except ValueError:
            self.fault(column, "is no date; write it as YYYY-MM-DD, such as 2014-05-22")
            return None

    def time(self, column: str) -> datetime | None:
        """Returns a time written in ISO 8601; without an offset it is UK time."""
        cell = self.text(column)
        if not cell:
            return None
        try:
            return parse_time(cell)
        except ValueError:
            self.fault(column, "is no ISO 8601 time; write it as 2014-05-23T05:05:00+01:00")
            return None


def read_table(
    file: Path, findings: Findings, *, needs: Needs
) -> tuple[frozenset[str], tuple[Row, ...]]:
    """Returns the columns and the rows of a CSV file; both are empty if it cannot be read.

    Accepts what `read_text` accepts, any line ends, and what `table` accepts.
    """
    text = read_text(file, findings)
    if text is None:
        return frozenset(), ()
    return table(file, text, findings, needs=needs)


def table(
    file: Path, text: str, findings: Findings, *, needs: Needs, others: tuple[Needs, ...] = ()
) -> tuple[frozenset[str], tuple[Row, ...]]:
    """Returns the columns and the rows of the text of a CSV file, as `read_table` does.

    The header is the first of HEADER_LINES_MAX lines that has what `needs` asks for, or one of
    `others`; commas, semicolons, tabs and bars may separate its names. Each group names columns
    of which the header must have at least one.
    """
    if kind := text_kind(text):
        findings.fault(file, 1, f"is {kind}")
        return frozenset(), ()
    delimiter, skipped = _header_place(text, (needs, *others))
    lines = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        for _ in range(skipped):
            next(lines)
        header = _names(next(lines, []))
        wanted = next((each for each in (needs, *others) if _has(header, each)), needs)
        if not _is_usable_header(file, header, findings, wanted):
            return frozenset(), ()
        rows = tuple(_rows(file, lines, header, findings))
    except csv.Error as error:
        findings.fault(file, lines.line_num, f"not CSV: {error}; check the quotation marks")
        return frozenset(), ()
    return frozenset(header), rows


def _names(cells: list[str]) -> list[str]:
    return [re.sub(r"[\s-]+", "_", cell.strip().casefold()) for cell in cells]


def _has(header: list[str], needs: Needs) -> bool:
    return all(set(names) & set(header) for names in needs)


def _header_place(text: str, known: tuple[Needs, ...]) -> tuple[str, int]:
    """Returns what separates the names of the header, and how many records stand above it."""
    for delimiter in _DELIMITERS:
        lines = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
        try:
            for skipped, cells in enumerate(islice(lines, HEADER_LINES_MAX)):
                if any(_has(_names(cells), needs) for needs in known):
                    return delimiter, skipped
        except csv.Error:
            continue
    return ",", 0


def _is_usable_header(file: Path, header: list[str], findings: Findings, needs: Needs) -> bool:
    if not any(header):
        findings.fault(file, 1, "no header; the first line has to name the columns")
        return False
    missing = [" or ".join(names) for names in needs if not set(names) & set(header)]
    for names in missing:
        findings.fault(file, 1, f"{names}: no such column; add it to the header")
    named = [name for name in header if name]
    twice = sorted({name for name in named if named.count(name) > 1})
    for name in twice:
        findings.fault(file, 1, f"{name}: the header has it twice; rename one of the two")
    return not missing and not twice


def _rows(file: Path, lines: Any, header: list[str], findings: Findings) -> Iterator[Row]:
    line = lines.line_num + 1
    for record in lines:
        cells = [cell.strip() for cell in record]
        row = Row(file, line, dict(zip(header, cells, strict=False)), findings)
        line = lines.line_num + 1
        if not any(cells):
            continue
        if len(cells) != len(header):
            what = f"{len(cells)} cells under {len(header)} columns"
            findings.fault(file, row.line, f"{what}; quote cells that contain a comma")
            continue
        yield row
