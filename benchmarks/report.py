"""Report: medians and spread of what was measured, written between the markers of a page."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.chart import Bar, chart
from benchmarks.engine import ECHO, LIVECOUNT, PEERS
from benchmarks.planning import planning
from benchmarks.tables import median, right, spread, table, verdict

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs" / "performance.md"
CHART = CHECKOUT / "docs" / "images" / "throughput.svg"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"

TITLES = {engine.name: engine.title for engine in (*PEERS, LIVECOUNT, ECHO)}

TARGETS = {
    "faust_naive": 15.0,
    "quix": 3.0,
    "faststream_batch": 3.0,
    "aiokafka_getmany": 2.0,
    "confluent_consume": 1.3,
}
"""How many times a peer's throughput livecount is to reach."""

READERS_A_TICKER = 2_000
"""Event-stream readers that one ticker process was measured with; see benchmarks/audience.py."""

PURE_TARGET = 0.6
P50_TARGET, P99_TARGET = 1.2, 1.5


def write(results: dict[str, Any]) -> None:
    """Writes the page's measured part and the chart."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    made = "\n\n".join(part for part in _parts(results) if part)
    PAGE.write_text(f"{before}{BEGIN}\n\n{made}\n\n{END}{after}", encoding="utf-8")
    bars = _bars(results)
    if bars:
        count = bars_note(results)
        CHART.write_text(chart("Declarations counted a second, one worker", count, bars))


def bars_note(results: dict[str, Any]) -> str:
    """Returns the line under the chart's title."""
    runs = [run for run in results["throughput"] if not run["fault"]]
    size = max(run["declarations"] for run in runs)
    return (
        f"backlog of {size:,}; median of {results['rounds']} interleaved runs; line: least to most"
    )


def _parts(results: dict[str, Any]) -> Iterable[str]:
    yield _made_on(results)
    if results["throughput"]:
        yield "### Throughput"
        yield "![Declarations counted a second by each engine](images/throughput.svg)"
        yield _throughput(results)
        yield _targets(results)
        yield _faults(results["throughput"])
    if results.get("long"):
        yield _long(results)
    if results["latency"]:
        yield "### Latency"
        yield _latency(results)
        yield _latency_targets(results)
        yield _faults(results["latency"])
    yield "### The fold alone"
    yield _pure(results)
    if results["starts"]:
        yield "### Start"
        yield _starts(results)
    if results.get("audience"):
        yield "### Readers"
        yield _audience(results["audience"])
    arithmetic = planning(results, READERS_A_TICKER)
    if arithmetic:
        yield "### Past one machine"
        yield arithmetic


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


def _throughput(results: dict[str, Any]) -> str:
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
        share = ours / pure
        rows.append(
            ("pure fold", f"{PURE_TARGET:.0%}", f"{share:.0%}", verdict(share >= PURE_TARGET))
        )
    return table(("livecount against", "target", "measured", ""), rows)


def _long(results: dict[str, Any]) -> str:
    rows = [
        (
            TITLES[run["engine"]],
            f"{run['declarations']:,}",
            f"{run['declarations_per_s']:,.0f}",
            f"{run['cpu_s_per_1000']:.2f}",
            f"{run['memory_peak_bytes'] / 2**20:,.0f}",
            run["fault"] or "right",
        )
        for run in results["long"]
    ]
    head = (
        "engine",
        "backlog",
        "declarations/s",
        "CPU s per 1,000",
        "peak MiB",
        "against the fold",
    )
    return "A longer backlog, many nights after each other:\n\n" + table(head, rows)


def _latency(results: dict[str, Any]) -> str:
    rows = []
    for rate in sorted({run["rate_per_s"] for run in results["latency"]}):
        counted = right(run for run in results["latency"] if run["rate_per_s"] == rate)
        floor = counted.get("echo", [])
        for name, runs in counted.items():
            p50, p99 = median(runs, "p50_ms"), median(runs, "p99_ms")
            rows.append(
                (
                    rate,
                    TITLES[name],
                    len(runs),
                    f"{p50:.1f}",
                    spread(runs, "p50_ms", "{:.1f}"),
                    f"{p99:.1f}",
                    spread(runs, "p99_ms", "{:.1f}"),
                    f"{p50 / median(floor, 'p50_ms'):.1f} ×" if floor else "",
                    f"{p99 / median(floor, 'p99_ms'):.1f} ×" if floor else "",
                )
            )
    return table(
        (
            "declarations/s",
            "engine",
            "runs",
            "p50 ms",
            "least to most",
            "p99 ms",
            "least to most",
            "p50 to echo",
            "p99 to echo",
        ),
        rows,
    )


def _latency_targets(results: dict[str, Any]) -> str:
    rows = []
    for rate in sorted({run["rate_per_s"] for run in results["latency"]}):
        counted = right(run for run in results["latency"] if run["rate_per_s"] == rate)
        ours = counted.get("livecount", [])
        for figure, target in (("p50_ms", P50_TARGET), ("p99_ms", P99_TARGET)):
            mine = median(ours, figure)
            for name, factor in (("echo", target), ("quix", 1.0)):
                against = median(counted.get(name, []), figure)
                if mine and against:
                    shown = f"{figure.removesuffix('_ms')} at {rate}/s against {TITLES[name]}"
                    ratio = mine / against
                    rows.append(
                        (shown, f"{factor:g} ×", f"{ratio:.1f} ×", verdict(ratio <= factor))
                    )
    return table(("livecount's latency", "at most", "measured", ""), rows)


def _audience(found: dict[str, Any]) -> str:
    return (
        f"{found['clients']:,} event-stream readers on one ticker process while"
        f" {found['rate_per_s']:g} declarations a second were written: the median event reached its"
        f" first reader after {found['first_p50_ms']:.0f} ms and its last after"
        f" {found['last_p50_ms']:.0f} ms (p99 {found['last_p99_ms']:.0f} ms); the ticker used"
        f" {found['ticker_cpu_percent']:.0f}% of a core and {found['ticker_memory_mb']:.0f} MB;"
        f" {found['missing']} events were missing and {found['repeated']} came twice."
    )


def _pure(results: dict[str, Any]) -> str:
    pure, scale, memory = results["pure"], results["scale"], results["memory"]
    lines = []
    if pure:
        lines.append(
            "One core, no I/O, and as few searches for cycles as in livecount:"
            f" {median(pure, 'decode_validate_fold_per_s'):,.0f} declarations/s"
            f" decoded, validated and folded"
            f" ({median(pure, 'python_default_per_s'):,.0f} as Python comes),"
            f" {median(pure, 'fold_per_s'):,.0f} folded alone"
            f" ({median(pure, 'decode_us'):.0f} µs to decode and validate,"
            f" {median(pure, 'fold_us'):.0f} µs to fold). What then goes out, once for each"
            f" council and batch: totals {median(pure, 'totals_us'):.0f} µs, state"
            f" {median(pure, 'state_us'):.0f} µs; and for each ward that changed"
            f" {median(pure, 'ward_us'):.0f} µs."
        )
    if scale:
        rows = []
        for councils in sorted({each["councils"] for each in scale}):
            runs = [each for each in scale if each["councils"] == councils]
            rows.append((f"{councils:,}", f"{median(runs, 'declaration_us'):.0f}"))
        lines.append(
            table(
                (
                    "councils in memory",
                    "µs a declaration, decoded, folded and written out by itself",
                ),
                rows,
            )
        )
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


def _starts(results: dict[str, Any]) -> str:
    rows = []
    for name in dict.fromkeys(start["service"] for start in results["starts"]):
        runs = [s for s in results["starts"] if s["service"] == name and not s["fault"]]
        faults = [s["fault"] for s in results["starts"] if s["service"] == name and s["fault"]]
        shown = f"{median(runs, 'seconds'):.2f}" if runs else f"failed: {faults[0][:100]}"
        rows.append((name, shown))
    started = table(("service", "s from start to first work done"), rows)
    imports = table(
        ("module", "s to import"),
        [(f"`{module}`", f"{seconds:.2f}") for module, seconds in results["imports"].items()],
    )
    return f"{started}\n\n{imports}"


def _faults(runs: Sequence[dict[str, Any]]) -> str:
    wrong = [run for run in runs if run["fault"]]
    lines = [f"- {TITLES[run['engine']]}: {run['fault'].splitlines()[0][:200]}" for run in wrong]
    return "\n".join(["Runs that do not count:", "", *lines]) if wrong else ""


def _bars(results: dict[str, Any]) -> list[Bar]:
    bars = []
    for name, runs in right(results["throughput"]).items():
        rates = [run["declarations_per_s"] for run in runs]
        middle = statistics.median(rates)
        bars.append(Bar(TITLES[name], middle, min(rates), max(rates), name == "livecount"))
    pure = [each["decode_validate_fold_per_s"] for each in results["pure"]]
    if pure and bars:
        bars.append(Bar("pure fold, no I/O", statistics.median(pure), min(pure), max(pure), False))
    return sorted(bars, key=lambda bar: -bar.median)
