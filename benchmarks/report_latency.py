"""The page's section on latency: tables against the echo and against Quix Streams."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.tables import TITLES, faults, median, right, spread, table, verdict

P50_TARGET, P99_TARGET = 1.2, 1.5


def latency(results: dict[str, Any]) -> Iterable[str]:
    """Yields the parts of the section; none if latency was not measured."""
    if results["latency"]:
        yield "### Latency"
        yield latency_table(results)
        yield _latency_targets(results)
        yield faults(results["latency"])
    if results.get("onward"):
        yield _onward(results["onward"])
    if results.get("decided"):
        yield _decided(results["decided"])
    if results.get("milestones"):
        yield _milestones(results["milestones"])


def latency_table(results: dict[str, Any]) -> str:
    """Returns a row for each engine at each rate, with its ratio to the echo."""
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
                    _shown(_ratio(runs, floor, "p50_ms")),
                    _shown(_ratio(runs, floor, "p99_ms")),
                )
            )
    return table(
        (
            "declarations/s",
            "engine",
            "rounds",
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
            for name, factor in (("echo", target), ("quix", 1.0)):
                ratio = _ratio(ours, counted.get(name, []), figure)
                if ratio is not None:
                    shown = f"{figure.removesuffix('_ms')} at {rate}/s against {TITLES[name]}"
                    rows.append((shown, f"{factor:g} ×", _shown(ratio), verdict(ratio <= factor)))
    return table(("livecount's latency", "at most", "measured", ""), rows)


def _ratio(
    runs: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]], figure: str
) -> float | None:
    """Returns the median over rounds of one figure to another of the same round; None for none."""
    theirs = {run["round"]: run[figure] for run in others}
    ratios = [run[figure] / theirs[run["round"]] for run in runs if run["round"] in theirs]
    return statistics.median(ratios) if ratios else None


def _shown(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f} ×"


def _onward(found: dict[str, Any]) -> str:
    shown = ("p50_ms", "p99_ms")
    rows = [
        (
            name,
            f"{at['arrived']:.0f}",
            *(f"{at[each]:.1f}" if each in at else "–" for each in shown),
        )
        for name, at in found["places"].items()
    ]
    head = ("from just before the send to", "arrived", "p50 ms", "p99 ms")
    page = (
        f" The page is the night's, of {found['councils']} councils, in {found['browser']} on the"
        " same cores, in a series of its own: when the number has come into the document, and when"
        " the frame that has it has been painted."
        if "browser" in found
        else ""
    )
    return (
        "Onward, through the whole chain of aggregator, notifier and ticker, at"
        f" {found['rate_per_s']} declarations a second ({found['declarations']} declarations, one"
        f" run).{page}\n\n" + table(head, rows)
    )


def _decided(runs: Sequence[dict[str, Any]]) -> str:
    first = runs[0]
    complete = [run for run in runs if run["arrived"] == run["decisions"]]
    return (
        "A result that was held and is then accepted by the desk: from just before the send of"
        f" `desk.decided` to the alert of the gain at a webhook, at {first['rate_per_s']} decisions"
        f" a second, {first['decisions']} a run, of {first['councils']} councils, beside a desk"
        f" channel that is told of what is held. All alerts arrived in {len(complete)} of"
        f" {len(runs)} runs. {_measured_alone(runs)}\n\n" + _at_most(complete, first["at_most_ms"])
    )


def _milestones(runs: Sequence[dict[str, Any]]) -> str:
    first = runs[0]
    complete = [run for run in runs if run["arrived"] == run["milestones"]]
    return (
        "A milestone of the night: from just before the send of the totals of a council to the"
        f" topic `totals`, to the alert on the topic `alerts`, at {first['rate_per_s']} totals a"
        f" second, {first['milestones']} a run, in a night of {first['councils']} councils, each of"
        f" which passes a mark. All alerts arrived in {len(complete)} of {len(runs)} runs."
        f" {_measured_alone(runs)}\n\n" + _at_most(complete, first["at_most_ms"])
    )


def _measured_alone(runs: Sequence[dict[str, Any]]) -> str:
    loads = [run["load_before"] for run in runs]
    return (
        f"Measured {runs[0]['measured']} to {runs[-1]['measured']} UTC at commit"
        f" `{runs[-1]['commit']}`, at load averages of {min(loads):.1f} to {max(loads):.1f}."
    )


def _at_most(complete: Sequence[dict[str, Any]], most: float) -> str:
    rows = [
        (
            name,
            f"{most:g}",
            f"{median(complete, key):.1f}",
            spread(complete, key, "{:.1f}"),
            verdict(median(complete, key) < most),
        )
        for name, key in (("p50", "p50_ms"), ("p99", "p99_ms"))
        if complete
    ]
    return table(("", "less than ms", "median of runs, ms", "least to most", ""), rows)
