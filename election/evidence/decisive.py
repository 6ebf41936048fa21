"""Decisive: what hangs on a result, so that a word alone does not count by it."""

from __future__ import annotations

from election.count import Count


def would_decide(before: Count, after: Count | None) -> str:
    """Returns what a result would decide, or take back; blank if nothing.

    `before` and `after` are the council's count without the result and with it.
    """
    if after is None:
        return ""
    if after.control != before.control:
        return f"it would decide who controls {before.name}"
    if after.incumbent_out != before.incumbent_out:
        return f"it would decide whether the incumbent is out of {before.name}"
    return ""
