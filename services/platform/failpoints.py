"""Named points at which a test can make a process kill itself, as a power cut would."""

from __future__ import annotations

import os
import signal
from collections import Counter

CRASH_AT = os.environ.get("LIVECOUNT_CRASH_AT", "")
"""`name` or `name:n`: SIGKILL at the n-th passage (the first, where n is left out) of that point.

Read once, when the process starts, so that a point that is not set costs one comparison.
"""

_passages: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Kills this process with SIGKILL where LIVECOUNT_CRASH_AT names this point; else nothing.

    Raises ValueError where the number of passages is no number.
    """
    if not CRASH_AT:
        return
    wanted, _, passage = CRASH_AT.partition(":")
    if name != wanted:
        return
    _passages[name] += 1
    if _passages[name] == int(passage or "1"):
        os.kill(os.getpid(), signal.SIGKILL)
