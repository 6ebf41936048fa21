"""Report: medians and spread of what was measured, in short on a page and whole in a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.chart import chart
from benchmarks.planning import planning
from benchmarks.report_costs import costs
from benchmarks.report_latency import latency, latency_table
from benchmarks.report_throughput import bars, bars_note, throughput, throughput_table
from benchmarks.report_workers import workers

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs" / "performance.md"
WHOLE = CHECKOUT / "benchmarks" / "results" / "full.md"
CHART = CHECKOUT / "docs" / "images" / "throughput.svg"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"

READERS_A_TICKER = 15_000
"""Event-stream readers that one ticker process on a core of its own was measured with, at five
changes a second (benchmarks/results/readers.md)."""


def write(results: dict[str, Any]) -> None:
    """Writes the short part into the page, everything into a file beside the results, the chart."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(
        f"{before}{BEGIN}\n\n{_joined(_short(results))}\n\n{END}{after}", encoding="utf-8"
    )
    whole = f"# The last full run\n\n{_joined(_parts(results))}\n"
    WHOLE.write_text(whole, encoding="utf-8")
    measured = bars(results)
    if measured:
        note = bars_note(results)
        CHART.write_text(chart("Declarations counted a second, one worker", note, measured))


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _short(results: dict[str, Any]) -> Iterable[str]:
    """Yields what a newsroom asks first: how fast, beside whom, and what more of it costs."""
    yield _made_on(results)
    if results["throughput"]:
        yield "### Throughput"
        yield "![Declarations counted a second by each engine](images/throughput.svg)"
        yield throughput_table(results)
    if results["latency"]:
        yield "### Latency"
        yield latency_table(results)
    arithmetic = planning(results, READERS_A_TICKER)
    if arithmetic:
        yield "### Past one machine"
        yield arithmetic


def _parts(results: dict[str, Any]) -> Iterable[str]:
    yield _made_on(results)
    if results.get("failed"):
        yield f"**Not measured, as it failed:** {', '.join(results['failed'])}."
    yield from throughput(results)
    yield from workers(results)
    yield from latency(results)
    yield from costs(results)


def _made_on(results: dict[str, Any]) -> str:
    machine = results["machine"]
    loads = [run["load_before"] for run in (*results["throughput"], *results["latency"])]
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    busy = (
        f" The load average before each run was {min(loads):.1f} to {max(loads):.1f}."
        if loads
        else ""
    )
    return (
        f"Measured {results['began']} to {results['ended']} UTC at commit `{results['commit']}`:"
        f" {machine['processor']}, {machine['cores']} cores,"
        f" {machine['memory_bytes'] / 2**30:.0f} GiB, {machine['system']},"
        f" Python {machine['python']}; {versions}.{busy}"
        " Kafka, Redis, the engine and the measuring process share the cores."
    )
