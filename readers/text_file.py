"""A text file as outsiders write it."""

from __future__ import annotations

from pathlib import Path

from readers.findings import Findings

# The whole of England in 2021 is 2.2 MB; anything past this is no night.
FILE_BYTES_MAX = 64 * 1024 * 1024


def read_text(file: Path, findings: Findings) -> str:
    """Returns the text of a file; blank, and a fault, where it cannot be read.

    Takes UTF-8 with or without a byte order mark, else Windows-1252, as older spreadsheets
    write it.
    """
    findings.add_file(file)
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            findings.fault(file, 1, f"larger than {FILE_BYTES_MAX} bytes; split it by election")
            return ""
        data = file.read_bytes()
    except OSError as error:
        findings.fault(file, 1, f"cannot be read: {error.strerror}; check the path")
        return ""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    findings.fault(file, 1, "neither UTF-8 nor Windows-1252; save it as UTF-8")
    return ""
