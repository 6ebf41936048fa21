"""What cannot be read or shown: logged once for each thing, and counted each time."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, Literal

import structlog

from services.platform.metrics import TICKER_BROKEN

What = Literal[
    "page", "part", "council", "ward", "alert", "entry", "election", "national", "log", "desk"
]

LOGGED_MAX: Final = 1_000
"""Things that are remembered as logged: more than a person reads. One that was forgotten since is
logged again."""

FAULT_CHARS_MAX: Final = 500
"""Characters of a fault in the log: a validation error repeats what it found, which may be a
megabyte."""

_log = structlog.get_logger()
_logged: OrderedDict[tuple[str, str, str], None] = OrderedDict()


def report(what: What, where: str, fault: Exception | str) -> None:
    """Counts something that cannot be read or shown, and logs it if this fault of it is new."""
    TICKER_BROKEN.labels(what).inc()
    kind = type(fault).__name__ if isinstance(fault, Exception) else "unreadable"
    key = (what, where[:FAULT_CHARS_MAX], kind)
    if key in _logged:
        return
    _logged[key] = None
    if len(_logged) > LOGGED_MAX:
        _logged.popitem(last=False)
    _log.error(
        "left out, because it cannot be read or shown",
        what=what,
        where=key[1],
        fault=f"{kind}: {fault}"[:FAULT_CHARS_MAX],
        exc_info=fault if isinstance(fault, Exception) else None,
    )
