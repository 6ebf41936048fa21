"""Threads: Faust fetches in one, and the other counts; Python lets one of them run at a time."""

from __future__ import annotations

import sys

SWITCH_INTERVAL_S = 0.0005
"""How long one of them may keep the other waiting. Python's own 5 ms is longer than all else that
stands between a declaration and its alert (docs/performance.md)."""


def take_turns_often() -> None:
    """Has the thread that fetches wait half a millisecond for the one that counts, at most."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
