"""CSV that spreadsheets and programs read alike, and that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

ENCODING: Final = "utf-8-sig"
"""UTF-8 with its mark at the beginning: Excel takes a file without it for one in Windows' own
encoding, and spoils names such as Siân."""

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")
"""Spreadsheets run a cell that begins like this as a formula, some of them also in full width.
Names and sources come from others, so an apostrophe is put before it, which makes it text."""

LINE_END: Final = "\r\n"
"""How each line ends (RFC 4180)."""

_STARTS: Final = "".join(re.escape(start) for start in FORMULA_STARTS)

_FORMULA: Final = re.compile(rf"""(^|[;|])([\s"']*)(?=[{_STARTS}])""")
"""A cell's beginning, also where a spreadsheet splits at other signs than commas; what it passes
over; and what makes it a formula."""


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Returns a table with a header row, in ENCODING. Booleans are 1 and 0, and None is blank."""
    return (csv_lines([columns]) + csv_lines(rows)).encode(ENCODING)


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Returns rows as lines of CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=LINE_END)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    if value is True or value is False:
        return int(value)
    return _FORMULA.sub(r"\1'\2", value) if isinstance(value, str) else value
