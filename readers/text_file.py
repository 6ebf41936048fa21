"""Reads a text file in any encoding that newsrooms use."""

from __future__ import annotations

from pathlib import Path

from readers.file_kind import binary_kind
from readers.findings import Findings

FILE_BYTES_MAX = 64 * 1024 * 1024
"""The largest file: all of England in 2021 is 2.2 MB, so a larger one is a mistake."""


def read_text(file: Path, findings: Findings) -> str | None:
    """Returns the text of a file; if it cannot be read, adds a fault and returns None.

    Accepts UTF-8 with or without a byte order mark, UTF-16, which Excel calls Unicode text, and
    Windows-1252, which older spreadsheets write. A workbook, a PDF and the like are a fault.
    """
    findings.add_file(file)
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            findings.fault(file, 1, f"larger than {FILE_BYTES_MAX} bytes; split it by election")
            return None
        data = file.read_bytes()
    except OSError as error:
        findings.fault(file, 1, f"cannot be read: {error.strerror}; check the path")
        return None
    if kind := binary_kind(data):
        findings.fault(file, 1, f"is {kind}")
        return None
    text = decoded(data)
    if text is None:
        findings.fault(file, 1, "neither UTF-8 nor Windows-1252; save it as UTF-8")
    return text


def decoded(data: bytes) -> str | None:
    """Returns bytes as text, in any encoding that `read_text` accepts; None if they are none."""
    for encoding in (*_utf_16(data), "utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _utf_16(data: bytes) -> tuple[str, ...]:
    """Returns the encodings to try for two bytes a character: by its mark, or by its zeros."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    start = data[:200]
    if start[1::2].count(0) * 2 > len(start) // 2:
        return ("utf-16-le",)
    return ("utf-16-be",) if start[::2].count(0) * 2 > len(start) // 2 else ()
