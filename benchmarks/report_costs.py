"""The page's section on costs: of the fold and its outputs, of memory, of a start, of readers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchmarks.tables import median, table, verdict

FLAT_TARGET = 0.2
"""How much more a declaration may cost among many councils than among few."""

START_TARGET_S = 3.0


def costs(results: dict[str, Any]) -> Iterable[str]:
    """Yields the parts of the section."""
    yield "### The fold alone"
    yield _pure(results)
    if results["starts"]:
        yield "### Start"
        yield _starts(results)
    if results.get("audience"):
        yield "### Readers"
        yield _audience(results["audience"])


def _pure(results: dict[str, Any]) -> str:
    pure, scale, memory = results["pure"], results["scale"], results["memory"]
    lines = []
    if pure:
        lines.append(
            "One core, no I/O, and garbage collected as seldom as in livecount:"
            f" {median(pure, 'decode_validate_fold_per_s'):,.0f} declarations/s"
            f" decoded, validated and folded"
            f" ({median(pure, 'python_default_per_s'):,.0f} with Python's defaults),"
            f" {median(pure, 'fold_per_s'):,.0f} only folded"
            f" ({median(pure, 'decode_us'):.0f} µs to decode and validate,"
            f" {median(pure, 'fold_us'):.0f} µs to fold). What then goes out, once for each"
            f" council and batch: totals {median(pure, 'totals_us'):.0f} µs, state"
            f" {median(pure, 'state_us'):.0f} µs; and for each ward that changed"
            f" {median(pure, 'ward_us'):.0f} µs."
        )
    if scale:
        lines.append(_scale(scale))
    if len(memory) == 2:
        (few, many) = sorted(memory, key=lambda each: each["wards"])
        ward = (many["bytes"] / many["councils"] - few["bytes"] / few["councils"]) / (
            many["wards"] - few["wards"]
        )
        council = few["bytes"] / few["councils"] - ward * few["wards"]
        lines.append(
            f"Memory: about {council / 1024:.1f} KiB a council and {ward / 1024:.1f} KiB a declared"
            " ward."
        )
    return "\n\n".join(lines)


def _scale(scale: list[dict[str, Any]]) -> str:
    costs_us = {
        councils: median([each for each in scale if each["councils"] == councils], "declaration_us")
        for councils in sorted({each["councils"] for each in scale})
    }
    least = min(costs_us.values())
    head = (
        "councils in memory",
        "µs a declaration, decoded, folded and written out by itself",
        "above the least",
        f"at most {FLAT_TARGET:.0%}",
    )
    return table(
        head,
        [
            (
                f"{councils:,}",
                f"{cost_us:.0f}",
                f"{cost_us / least - 1:.0%}",
                verdict(cost_us / least - 1 <= FLAT_TARGET),
            )
            for councils, cost_us in costs_us.items()
        ],
    )


def _starts(results: dict[str, Any]) -> str:
    rows = []
    for name in dict.fromkeys(start["service"] for start in results["starts"]):
        runs = [s for s in results["starts"] if s["service"] == name and not s["fault"]]
        faults = [s["fault"] for s in results["starts"] if s["service"] == name and s["fault"]]
        shown = f"{median(runs, 'seconds'):.2f}" if runs else f"failed: {faults[0][:100]}"
        met = bool(runs) and median(runs, "seconds") < START_TARGET_S
        rows.append((name, len(runs), shown, verdict(met)))
    head = ("service", "runs", "s from start to first work done", f"under {START_TARGET_S:g} s")
    started = table(head, rows)
    imports = table(
        ("module", "s to import"),
        [(f"`{module}`", f"{seconds:.2f}") for module, seconds in results["imports"].items()],
    )
    return f"{started}\n\n{imports}"


def _audience(found: dict[str, Any]) -> str:
    return (
        f"{found['clients']:,} event-stream readers on one ticker process while"
        f" {found['rate_per_s']:g} declarations a second were written: the median event reached its"
        f" first reader after {found['first_p50_ms']:.0f} ms and its last after"
        f" {found['last_p50_ms']:.0f} ms (p99 {found['last_p99_ms']:.0f} ms); the ticker used"
        f" {found['ticker_cpu_percent']:.0f}% of a core and {found['ticker_memory_mb']:.0f} MB;"
        f" {found['missing']} events were missing and {found['repeated']} came twice."
    )
