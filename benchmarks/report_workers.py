"""The page's section on several workers: a table against one, and how busy one kept the cores."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from benchmarks.tables import faults, median, spread, table, verdict

TARGET_WORKERS, TARGET = 2, 1.7
"""How many times one worker's throughput two should reach, if there are cores for them."""

Runs = list[dict[str, Any]]


def workers(results: dict[str, Any]) -> Iterable[str]:
    """Yields the parts of the section; none if several workers were not measured."""
    runs = results.get("workers")
    if not runs:
        return
    by_number: dict[int, Runs] = {run["workers"]: [] for run in runs}
    for run in runs:
        by_number[run["workers"]].append(run)
    cores = results["machine"]["cores"]
    yield "### Several workers"
    yield _summary(by_number, cores)
    yield _table(by_number, cores)
    yield faults(runs)


def _summary(by_number: dict[int, Runs], cores: int) -> str:
    *others, most = map(str, sorted(by_number))
    numbers = f"{', '.join(others)} and {most}" if others else most
    size = max(run["declarations"] for runs in by_number.values() for run in runs)
    summary = (
        f"The same backlog of {size:,} counted by {numbers} workers, who had all joined before it"
        " was there. A run is right if the totals, the alerts and Redis equal the pure fold."
        f" There were {cores} cores for the workers, Kafka, Redis and the measuring process."
    )
    one = _right(by_number.get(1, []))
    if one:
        used = statistics.median(map(cores_used, one))
        summary += (
            f" One worker with Kafka and Redis already used {used:.1f} of them: at that cost a"
            f" declaration they are full at {cores / used:.1f} × its rate."
        )
    return summary


def _table(by_number: dict[int, Runs], cores: int) -> str:
    one = median(_right(by_number.get(1, [])), "declarations_per_s")
    rows = []
    for number, runs in sorted(by_number.items()):
        right = _right(runs)
        rate = median(right, "declarations_per_s")
        ratio = rate / one if one and rate and number > 1 else 0.0
        rows.append(
            (
                number,
                f"{len(right)} of {len(runs)}",
                f"{rate:,.0f}" if rate else "–",
                spread(right, "declarations_per_s", "{:,.0f}") if right else "–",
                f"{ratio:.1f} ×" if ratio else "",
                verdict(ratio >= TARGET) if ratio and number == TARGET_WORKERS else "",
                f"{statistics.median(map(cores_used, right)):.1f} of {cores}" if right else "–",
            )
        )
    head = (
        "workers",
        "runs that were right",
        "declarations/s",
        "least to most",
        "against one",
        f"two: {TARGET:g} × if there are cores",
        "cores used with Kafka and Redis",
    )
    return table(head, rows)


def cores_used(run: dict[str, Any]) -> float:
    """Returns how many cores the workers, Kafka and Redis kept busy in a run."""
    used_s = run["cpu_s_per_1000"] + run["kafka_cpu_s_per_1000"] + run["redis_cpu_s_per_1000"]
    return float(run["declarations_per_s"] / 1_000 * used_s)


def _right(runs: Runs) -> Runs:
    return [run for run in runs if not run["fault"]]
