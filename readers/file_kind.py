"""What kind of file something is, if it is not the text that was asked for."""

from __future__ import annotations

from typing import Final

# First bytes of what spreadsheets, browsers and mail programs save, and what to do about it.
_BINARY: Final = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive; save the sheet as CSV UTF-8"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook or Word document; save the sheet as CSV UTF-8"),
    (b"%PDF", "a PDF; ask for the table, or type it into a CSV file"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"SQLite format 3", "an SQLite database; export the table as CSV"),
    (b"PAR1", "a Parquet file; export it as CSV"),
    (b"{\\rtf", "an RTF document; save it as plain text"),
    (b"\x89PNG", "a picture; type its figures into a CSV file"),
    (b"\xff\xd8\xff", "a picture; type its figures into a CSV file"),
)
_TEXT: Final = (
    ("<!doctype html", "a web page (HTML); save the data that it shows as CSV"),
    ("<html", "a web page (HTML); save the data that it shows as CSV"),
    ("<?xml", "XML; save it as CSV"),
    ("<", "XML or HTML; save it as CSV"),
    ("{", "JSON; save it as CSV"),
    ("[", "JSON; save it as CSV"),
)


def binary_kind(data: bytes) -> str:
    """Returns what kind of file bytes are, and the remedy; blank if they may be text."""
    return next((kind for start, kind in _BINARY if data.startswith(start)), "")


def text_kind(text: str) -> str:
    """Returns what kind of text it is instead of CSV, and the remedy; blank if it may be CSV."""
    start = text[:200].lstrip().casefold()
    return next((kind for first, kind in _TEXT if start.startswith(first)), "")


def is_xml(text: str) -> bool:
    """Returns whether a text is XML, and no web page."""
    start = text[:200].lstrip().casefold()
    return start.startswith("<") and not start.startswith(("<!doctype html", "<html"))


def is_json(text: str) -> bool:
    """Returns whether a text is a JSON object or array."""
    return text[:200].lstrip().startswith(("{", "["))
