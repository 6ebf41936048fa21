"""The section on throughput: tables against the peers and the pure fold, and the chart's bars."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from benchmarks.chart import Bar
from benchmarks.tables import TITLES, faults, median, right, spread, table, verdict

TARGETS = {
    "faust_naive": 15.0,
    "quix": 3.0,
    "faststream_batch": 3.0,
    "aiokafka_getmany": 2.0,
    "confluent_consume": 1.3,
}
"""How many times a peer's throughput livecount should reach."""

PURE_TARGET = 0.6


def throughput(results: dict[str, Any]) -> Iterable[str]:
    """Yields the parts of the section; none if throughput was not measured."""
    if results["throughput"]:
        yield "### Throughput"
        yield throughput_table(results)
        yield _targets(results)
        yield faults(results["throughput"])


def bars_note(results: dict[str, Any]) -> str:
    """Returns the line under the chart's title."""
    runs = [run for run in results["throughput"] if not run["fault"]]
    size = max(run["declarations"] for run in runs)
    return (
        f"backlog of {size:,}; median of {results['rounds']} interleaved runs; line: least to most"
    )


def bars(results: dict[str, Any]) -> list[Bar]:
    """Returns a bar for each engine and for the pure fold, the fastest first."""
    bars = []
    for name, runs in right(results["throughput"]).items():
        rates = [run["declarations_per_s"] for run in runs]
        middle = statistics.median(rates)
        bars.append(Bar(TITLES[name], middle, min(rates), max(rates), name == "livecount"))
    pure = [each["decode_validate_fold_per_s"] for each in results["pure"]]
    if pure and bars:
        bars.append(Bar("pure fold, no I/O", statistics.median(pure), min(pure), max(pure), False))
    return sorted(bars, key=lambda bar: -bar.median)


def throughput_table(results: dict[str, Any]) -> str:
    """Returns a row for each engine whose runs were right, the fastest first."""
    counted = right(results["throughput"])
    ours = median(counted.get("livecount", []), "declarations_per_s")
    rows = []
    for name, runs in sorted(
        counted.items(), key=lambda each: -median(each[1], "declarations_per_s")
    ):
        rate = median(runs, "declarations_per_s")
        rows.append(
            (
                TITLES[name],
                len(runs),
                f"{median(runs, 'declarations'):,.0f}",
                f"{rate:,.0f}",
                spread(runs, "declarations_per_s", "{:,.0f}"),
                "" if name == "livecount" or not ours else f"{ours / rate:.1f} ×",
                f"{median(runs, 'cpu_s_per_1000'):.2f}",
                f"{median(runs, 'memory_peak_bytes') / 2**20:,.0f}",
                f"{median(runs, 'totals_messages'):,.0f}",
            )
        )
    return table(
        (
            "engine",
            "runs",
            "backlog",
            "declarations/s",
            "least to most",
            "livecount is",
            "CPU s per 1,000",
            "peak MiB",
            "totals published",
        ),
        rows,
    )


def _targets(results: dict[str, Any]) -> str:
    counted = right(results["throughput"])
    ours = median(counted.get("livecount", []), "declarations_per_s")
    rows = []
    for name, target in TARGETS.items():
        if name in counted and ours:
            ratio = ours / median(counted[name], "declarations_per_s")
            rows.append((TITLES[name], f"{target:g} ×", f"{ratio:.1f} ×", verdict(ratio >= target)))
    pure = median(results["pure"], "decode_validate_fold_per_s")
    if pure and ours:
        fraction = ours / pure
        rows.append(
            ("pure fold", f"{PURE_TARGET:.0%}", f"{fraction:.0%}", verdict(fraction >= PURE_TARGET))
        )
    return table(("livecount against", "target", "measured", ""), rows)
