"""Writes a file so that nobody ever reads half of it."""

from __future__ import annotations

import os
from pathlib import Path


def write_bytes(file: Path, content: bytes) -> None:
    """Writes a file by way of another one, which replaces it. Raises OSError."""
    partial = file.with_name(f".{file.name}.partial")
    with partial.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    partial.replace(file)
