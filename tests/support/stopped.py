"""Stopped: a process that does nothing until it is told to go on."""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any


async def stop(pid: int, eventually: Callable[..., Awaitable[Any]]) -> None:
    """Stops a process and returns once each of its threads has stopped.

    The signal takes effect when one of them is next scheduled, which may be later than a request.
    """
    os.kill(pid, signal.SIGSTOP)
    await eventually(lambda: all(map(_is_stopped, Path(f"/proc/{pid}/task").iterdir())))


def _is_stopped(thread: Path) -> bool:
    try:
        return "\nState:\tT" in (thread / "status").read_text()
    except FileNotFoundError:
        return True
