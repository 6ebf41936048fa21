"""Writes the newsroom's private key into a file that only its owner can read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

KEY_FILE: Final = "livecount_push_private_key"
"""The name by which `LIVECOUNT_SECRETS_DIR` makes it the setting."""


class KeyExistsError(ValueError):
    """There is a key already. A new one would end every reader's subscription."""


def write_key(directory: Path, private_key: str) -> Path:
    """Writes a private key and returns its file, which has the mode 0600.

    Makes the directory, closed to others, if it is missing. Raises KeyExistsError if the file is
    there, and OSError if it cannot be written.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = directory / KEY_FILE
    try:
        # With its mode from the first moment, and never in place of another.
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyExistsError(
            f"{file} is there already, and readers are subscribed under it; to end all of their"
            " subscriptions, remove it first"
        ) from error
    with os.fdopen(opened, "w", encoding="ascii") as written:
        written.write(f"{private_key}\n")
    return file
