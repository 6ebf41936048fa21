"""Operator: whoever runs a command, for the audit."""

from __future__ import annotations

import getpass
import os
import socket
from typing import Final

OPERATOR_CHARACTERS_MAX: Final = 200
"""Characters of who changed a key, as many as the audit keeps."""


def operator() -> str:
    """Returns the user and the machine, such as `ops@desk-1`."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        # In a container the user may have no name.
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"[:OPERATOR_CHARACTERS_MAX]
