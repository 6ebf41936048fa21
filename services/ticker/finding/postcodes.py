"""Postcodes and the ward that each is in, read from a table that the newsroom gives."""

from __future__ import annotations

import csv
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

POSTCODES_MAX: Final = 3_000_000
"""Postcodes in a table. The ONS Postcode Directory has some 2.7 million, of which 1.8 million are
in use; each takes 8 bytes here."""

AREAS_MAX: Final = 65_536
"""Different areas in a table. The United Kingdom has some 8,500 wards, some of which are in two
divisions of a county."""

CELL_CHARS_MAX: Final = 250
"""Characters of a code or of a ballot's id, which has 250 at most."""

_POSTCODE: Final = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")

_POSTCODE_COLUMNS: Final = ("pcds", "pcd", "pcd7", "pcd8", "pcd2", "postcode")
_AREA_COLUMNS: Final = (
    r"ballot_paper_id|osward|wd\d\dcd|ward_gss",
    r"ced|ced\d\dcd",
    r"oslaua|lad\d\dcd|council_gss",
    r"oscty|cty\d\dcd",
)
"""The columns of a ward, of a county's division, of a council and of a county."""

_ENDED_COLUMN: Final = "doterm"

_SIGNS: Final = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_AREA_BITS: Final = 16


class PostcodesError(ValueError):
    """A table of postcodes cannot be used; the text says where and why."""


Area = tuple[str, ...]
"""Where a postcode is: the GSS codes of its ward, of its county's division, of its council and of
its county, as far as the table has them. Instead of its ward's it may have a ballot's id."""


class Postcodes:
    """A table of postcodes, 8 bytes each."""

    def __init__(self, packed: Sequence[int], areas: Sequence[Area]) -> None:
        self._packed = packed
        self._areas = areas

    def __len__(self) -> int:
        """Returns how many postcodes there are."""
        return len(self._packed)

    def area(self, postcode: str) -> Area | None:
        """Returns where a postcode is, or None if the table does not have it."""
        code = _number(postcode) << _AREA_BITS
        place = bisect_left(self._packed, code)
        if place == len(self._packed) or self._packed[place] >> _AREA_BITS != code >> _AREA_BITS:
            return None
        return self._areas[self._packed[place] & (AREAS_MAX - 1)]


def postcode_of(text: str) -> str:
    """Returns what a reader typed as a postcode without its blank, or blank if it is none."""
    if not text.isascii():
        return ""
    joined = "".join(text.upper().split())
    return joined if _POSTCODE.fullmatch(joined) else ""


def spaced(postcode: str) -> str:
    """Returns a postcode as it is written, such as `NW11 8AB`."""
    return f"{postcode[:-3]} {postcode[-3:]}"


def read_postcodes(file: Path) -> Postcodes:
    """Returns the postcodes of a CSV file with a header, such as the ONS Postcode Directory's.

    Postcodes that have ended are left out, and so are rows without a ward and a council. Raises
    PostcodesError if the file cannot be read or has not the columns.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            return _read(csv.reader(opened), file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PostcodesError(f"{file}: cannot be read: {error}") from error


def _read(rows: Iterator[list[str]], file: Path) -> Postcodes:
    header = [cell.strip().lower() for cell in next(rows, [])]
    of_postcode = _column(header, _POSTCODE_COLUMNS)
    found = [_column(header, (names,)) for names in _AREA_COLUMNS]
    columns = [column for column in found if column is not None]
    ended = _column(header, (_ENDED_COLUMN,))
    if of_postcode is None or not columns:
        raise PostcodesError(
            f"{file}: line 1: expected a column of postcodes, such as pcds, and one of wards, such"
            " as osward, wd24cd or ballot_paper_id, or of councils, such as oslaua or lad24cd"
        )
    packed = array("Q")
    numbers: dict[Area, int] = {}
    is_sorted = True
    for line, row in enumerate(rows, start=2):
        if len(row) < len(header) or (ended is not None and row[ended].strip()):
            continue
        postcode = postcode_of(row[of_postcode])
        area = tuple(cell for each in columns if (cell := row[each].strip()[:CELL_CHARS_MAX]))
        if not postcode or not area:
            continue
        number = numbers.setdefault(area, len(numbers))
        if len(packed) >= POSTCODES_MAX or number >= AREAS_MAX:
            raise PostcodesError(
                f"{file}: line {line}: more than {POSTCODES_MAX:,} postcodes or {AREAS_MAX:,}"
                " wards; leave out those that have ended"
            )
        code = _number(postcode) << _AREA_BITS | number
        is_sorted = is_sorted and (not packed or packed[-1] < code)
        packed.append(code)
    if not packed:
        raise PostcodesError(f"{file}: no postcode with a ward or a council is in it")
    return Postcodes(packed if is_sorted else array("Q", sorted(packed)), tuple(numbers))


def _column(header: Sequence[str], names: Iterable[str]) -> int | None:
    """Returns the first column with one of the names, which are patterns, or None."""
    for name in names:
        for place, cell in enumerate(header):
            if re.fullmatch(name, cell):
                return place
    return None


def _number(postcode: str) -> int:
    """Returns a postcode as a number below 2 ** 37, so that it fits beside the area's.

    Numbers are in the order of postcodes with their two parts below each other, as the ONS
    Postcode Directory has them, so that its three million need not be sorted.
    """
    found = 0
    for sign in postcode[:-3].ljust(4) + postcode[-3:]:
        found = found * 37 + _SIGNS.index(sign)
    return found
