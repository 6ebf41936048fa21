"""Tables: runs that count, their medians and spread, and Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks.engine import ECHO, LIVECOUNT, PEERS

TITLES = {engine.name: engine.title for engine in (*PEERS, LIVECOUNT, ECHO)}

FAULT_MAX = 200


def right(runs: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Returns the runs that count, by engine."""
    found: dict[str, list[dict[str, Any]]] = {}
    for run in runs:
        if not run["fault"]:
            found.setdefault(run["engine"], []).append(run)
    return found


def median(runs: Sequence[dict[str, Any]], name: str) -> float:
    """Returns the median of a figure over runs; 0 if there are none."""
    return float(statistics.median(run[name] for run in runs)) if runs else 0.0


def spread(runs: Sequence[dict[str, Any]], name: str, form: str) -> str:
    """Returns the least and the most of a figure over runs."""
    values = [run[name] for run in runs]
    return f"{form.format(min(values))} to {form.format(max(values))}"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Returns a Markdown table."""
    lines = [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Iterable[object]) -> str:
    show: Callable[[object], str] = str
    return f"| {' | '.join(map(show, cells))} |"


def verdict(met: bool) -> str:  # noqa: FBT001 - its only argument
    """Returns whether a target was met, in words."""
    return "met" if met else "not met"


def faults(runs: Sequence[dict[str, Any]]) -> str:
    """Returns a list of the runs that were wrong, or nothing."""
    wrong = [run for run in runs if run["fault"]]
    lines = [f"- {_named(run)}: {_first_line(run['fault'])}" for run in wrong]
    return "\n".join(["Runs that do not count:", "", *lines]) if wrong else ""


def _named(run: dict[str, Any]) -> str:
    number = run.get("workers", 1)
    return TITLES[run["engine"]] + (f", {number} workers" if number > 1 else "")


def _first_line(fault: str | None) -> str:
    """Returns the beginning of what was wrong, short enough for a table."""
    return fault.splitlines()[0][:FAULT_MAX] if fault else ""
