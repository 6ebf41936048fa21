"""Failpoints: named points at which a test can make a process kill itself, as a power cut would."""

from __future__ import annotations

import os
import signal
from collections import Counter

CRASH_AT = os.environ.get("LIVECOUNT_CRASH_AT", "")
"""`name` or `name:n`: SIGKILL the n-th time (the first, without n) that the point is reached.

Read once, when the process starts, so that a failpoint that is not set costs one comparison.
"""

_passages: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Kills this process with SIGKILL if LIVECOUNT_CRASH_AT names this point; else does nothing.

    Raises ValueError if the setting has something else than a number after its colon.
    """
    if not CRASH_AT:
        return
    wanted, _, passage = CRASH_AT.partition(":")
    if name != wanted:
        return
    _passages[name] += 1
    if _passages[name] == int(passage or "1"):
        os.kill(os.getpid(), signal.SIGKILL)
