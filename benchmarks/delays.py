"""Delays: how long after something was sent it came, in milliseconds."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence


def percentile(figures: Sequence[float], part: float) -> float:
    """Returns a percentile of sorted figures, of which there is at least one."""
    return figures[min(len(figures) - 1, int(len(figures) * part))]


def delays_ms(came: Mapping[str, float], sent: Mapping[str, float]) -> list[float]:
    """Returns, sorted, how long after it was sent each came that did; times are in seconds."""
    return sorted((came[each] - sent[each]) * 1_000 for each in sent if each in came)


def figures_of(came: Mapping[str, float], sent: Mapping[str, float]) -> dict[str, float]:
    """Returns how many came, and p50 and p99 in milliseconds if any did."""
    ms = delays_ms(came, sent)
    found = {"arrived": float(len(ms))}
    if ms:
        found |= {"p50_ms": statistics.median(ms), "p99_ms": percentile(ms, 0.99)}
    return found
