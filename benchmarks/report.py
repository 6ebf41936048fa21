"""Report: medians and spread of what was measured, written between the markers of a page."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.chart import Bar, chart
from benchmarks.engine import ECHO, LIVECOUNT, PEERS

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
        yield _faults(results["latency"])
    yield "### The fold alone"
    yield _pure(results)
    if results["starts"]:
        yield "### Start"
        yield _starts(results)


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
    right = _right(results["throughput"])
    ours = _median(right.get("livecount", []), "declarations_per_s")
    rows = []
    for name, runs in sorted(
        right.items(), key=lambda each: -_median(each[1], "declarations_per_s")
    ):
        rate = _median(runs, "declarations_per_s")
        rows.append(
            (
                TITLES[name],
                len(runs),
                f"{rate:,.0f}",
                _spread(runs, "declarations_per_s", "{:,.0f}"),
                "" if name == "livecount" or not ours else f"{ours / rate:.1f} ×",
                f"{_median(runs, 'cpu_s_per_1000'):.2f}",
                f"{_median(runs, 'memory_peak_bytes') / 2**20:,.0f}",
                f"{_median(runs, 'totals_messages'):,.0f}",
            )
        )
    return _table(
        (
            "engine",
            "runs",
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
    right = _right(results["throughput"])
    ours = _median(right.get("livecount", []), "declarations_per_s")
    rows = []
    for name, target in TARGETS.items():
        if name in right and ours:
            ratio = ours / _median(right[name], "declarations_per_s")
            rows.append(
                (TITLES[name], f"{target:g} ×", f"{ratio:.1f} ×", _verdict(ratio >= target))
            )
    pure = _median(results["pure"], "decode_validate_fold_per_s")
    if pure and ours:
        share = ours / pure
        rows.append(
            ("pure fold", f"{PURE_TARGET:.0%}", f"{share:.0%}", _verdict(share >= PURE_TARGET))
        )
    return _table(("livecount against", "target", "measured", ""), rows)


def _verdict(met: bool) -> str:  # noqa: FBT001 - the one thing it is told
    return "met" if met else "not met"


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
    return "A longer backlog, many nights after each other:\n\n" + _table(head, rows)


def _latency(results: dict[str, Any]) -> str:
    rows = []
    for rate in sorted({run["rate_per_s"] for run in results["latency"]}):
        right = _right(run for run in results["latency"] if run["rate_per_s"] == rate)
        floor = right.get("echo", [])
        for name, runs in right.items():
            p50, p99 = _median(runs, "p50_ms"), _median(runs, "p99_ms")
            rows.append(
                (
                    rate,
                    TITLES[name],
                    len(runs),
                    f"{p50:.1f}",
                    _spread(runs, "p50_ms", "{:.1f}"),
                    f"{p99:.1f}",
                    _spread(runs, "p99_ms", "{:.1f}"),
                    f"{p50 / _median(floor, 'p50_ms'):.1f} ×" if floor else "",
                    f"{p99 / _median(floor, 'p99_ms'):.1f} ×" if floor else "",
                )
            )
    return _table(
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


def _pure(results: dict[str, Any]) -> str:
    pure, scale, memory = results["pure"], results["scale"], results["memory"]
    lines = []
    if pure:
        lines.append(
            f"One core, no I/O: {_median(pure, 'decode_validate_fold_per_s'):,.0f} declarations/s"
            f" decoded, validated and folded, {_median(pure, 'fold_per_s'):,.0f} folded alone"
            f" ({_median(pure, 'decode_us'):.0f} µs to decode and validate,"
            f" {_median(pure, 'fold_us'):.0f} µs to fold). What then goes out, once for each"
            f" council and batch: totals {_median(pure, 'totals_us'):.0f} µs, state"
            f" {_median(pure, 'state_us'):.0f} µs; and for each ward that changed"
            f" {_median(pure, 'ward_us'):.0f} µs."
        )
    if scale:
        rows = []
        for councils in sorted({each["councils"] for each in scale}):
            runs = [each for each in scale if each["councils"] == councils]
            rows.append((f"{councils:,}", f"{_median(runs, 'declaration_us'):.0f}"))
        lines.append(_table(("councils in memory", "µs a declaration, decoded and folded"), rows))
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
        shown = f"{_median(runs, 'seconds'):.2f}" if runs else f"failed: {faults[0][:100]}"
        rows.append((name, shown))
    started = _table(("service", "s from start to first work done"), rows)
    imports = _table(
        ("module", "s to import"),
        [(f"`{module}`", f"{seconds:.2f}") for module, seconds in results["imports"].items()],
    )
    return f"{started}\n\n{imports}"


def _faults(runs: Sequence[dict[str, Any]]) -> str:
    wrong = [run for run in runs if run["fault"]]
    lines = [f"- {TITLES[run['engine']]}: {run['fault'].splitlines()[0][:200]}" for run in wrong]
    return "\n".join(["Runs that do not count:", "", *lines]) if wrong else ""


def _right(runs: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for run in runs:
        if not run["fault"]:
            found.setdefault(run["engine"], []).append(run)
    return found


def _bars(results: dict[str, Any]) -> list[Bar]:
    bars = []
    for name, runs in _right(results["throughput"]).items():
        rates = [run["declarations_per_s"] for run in runs]
        median = statistics.median(rates)
        bars.append(Bar(TITLES[name], median, min(rates), max(rates), name == "livecount"))
    pure = [each["decode_validate_fold_per_s"] for each in results["pure"]]
    if pure and bars:
        bars.append(Bar("pure fold, no I/O", statistics.median(pure), min(pure), max(pure), False))
    return sorted(bars, key=lambda bar: -bar.median)


def _median(runs: Sequence[dict[str, Any]], name: str) -> float:
    return float(statistics.median(run[name] for run in runs)) if runs else 0.0


def _spread(runs: Sequence[dict[str, Any]], name: str, form: str) -> str:
    values = [run[name] for run in runs]
    return f"{form.format(min(values))} to {form.format(max(values))}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Iterable[object]) -> str:
    show: Callable[[object], str] = str
    return f"| {' | '.join(map(show, cells))} |"
