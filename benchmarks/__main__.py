"""`python -m benchmarks`: measures everything, and writes JSON, tables and the chart."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import decided, latency, milestones, onward, pure, report, startup, throughput
from benchmarks.arguments import PARTS, parse
from benchmarks.bed import stack
from benchmarks.engine import ECHO, LIVECOUNT, PEERS
from benchmarks.machine import commit, machine, versions
from benchmarks.messages import backlog, expected
from services.platform.stack.stack import Stack

AUDIENCE_TIMEOUT_S = 300.0
"""How long a stack, a ticker and two thousand readers may take to start and to end, besides the
time that is measured; they take half a minute."""

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. Every round runs every engine once, at about the same time."""

    rounds: int
    declarations: int
    workers_declarations: int
    latency_rounds: int
    latency_turn_s: float
    scale: tuple[int, ...]
    audience_s: int
    deadline_s: float = 0.0


Part = Callable[[dict[str, Any], Plan, Stack, Path], None]

FULL = Plan(5, 100_000, 24_000, 12, 4.0, (160, 5_600, 50_000), 30)
QUICK = Plan(1, 8_000, 0, 2, 3.0, (160, 5_600), 0)
THROUGHPUT_FRACTION, LATENCY_FRACTION = 0.3, 0.3
"""The fraction of the remaining time after which a part begins no further round, so that the parts
after it have time, too."""

WORKERS, WORKERS_ROUNDS = (1, 2, 4), 3
"""Numbers of workers, and runs with each; a run takes a quarter of a minute."""

ENGINES = (LIVECOUNT, *PEERS)
DECIDED_RUNS = 5
"""Runs of the desk's decisions; each takes a minute."""

MILESTONES_RUNS = 5
"""Runs of the second stage; each takes a few seconds."""

ALONE = frozenset({"decided", "milestones"})
"""Parts that have their own time and commit, as they are also measured alone."""

SLOW = {
    "faust_naive": 32,
    "faust_batched": 16,
    "quix": 16,
    "aiokafka_getmany": 8,
    "confluent_consume": 8,
    "faststream_batch": 8,
}
"""Slow engines get the backlog divided by this, so that each engine works for some seconds."""

LATENCY_ENGINES = {"livecount", "quix", "echo"}
LATENCY_RATES = (50, 500)
"""Declarations a second."""


def main() -> None:
    """Measures, and writes the results after each part, so that none is lost by an interruption."""
    arguments = parse()
    if arguments.report:
        report.write(json.loads(arguments.report.read_text()))
        return
    plan = QUICK if arguments.quick else FULL
    if arguments.rounds:
        plan = replace(plan, rounds=arguments.rounds, latency_rounds=arguments.rounds)
    path = RESULTS / f"{'quick' if arguments.quick else 'full'}.json"
    only = set(arguments.only or PARTS)
    results = _empty(plan.rounds)
    if arguments.only and path.is_file():
        # The other parts keep their earlier results.
        earlier = json.loads(path.read_text())
        results = {
            **earlier,
            **{name: results[name] for name in _written_by(only)},
            "rounds": plan.rounds,
        }
    if arguments.minutes:
        plan = replace(plan, deadline_s=time.monotonic() + arguments.minutes * 60)
    with tempfile.TemporaryDirectory(prefix="livecount-bench-logs-") as logs, stack() as running:
        for part, measure in (
            ("throughput", _throughput),
            ("latency", _latency),
            ("pure", _pure),
            ("start", _start),
            ("audience", _audience),
            ("onward", _onward),
            ("decided", _decided),
            ("milestones", _milestones),
            ("workers", _workers),
        ):
            if part in only:
                _one(part, measure, results, plan, running, Path(logs))
                if part not in ALONE:
                    results["ended"] = _now()
                results["rounds"] = _rounds(results)
                RESULTS.mkdir(exist_ok=True)
                path.write_text(json.dumps(results, indent=1) + "\n")
    if not arguments.quick and not arguments.only:
        report.write(results)
    if results["failed"]:
        sys.exit(f"not measured: {', '.join(results['failed'])}; see above")


def _one(  # noqa: PLR0913, PLR0917 - a part, and what every part is given
    part: str, measure: Part, results: dict[str, Any], plan: Plan, running: Stack, logs: Path
) -> None:
    """Measures a part. Reports one that fails, and goes on."""
    try:
        measure(results, plan, running, logs)
    except Exception:  # noqa: BLE001 - whatever fails, the other parts are still measured
        _say(part, traceback.format_exc())
        results["failed"].append(part)


def _written_by(parts: set[str]) -> set[str]:
    """Returns which results parts write."""
    others = {"pure": {"scale", "memory"}, "start": {"starts", "imports"}}
    found = set().union(*(others.get(part, set()) for part in parts)) | parts
    return found - {"start"} | {"failed"}


def _empty(rounds: int) -> dict[str, Any]:
    empty: dict[str, Any] = {
        name: []
        for name in (
            "throughput",
            "workers",
            "latency",
            "decided",
            "milestones",
            "pure",
            "scale",
            "memory",
            "starts",
        )
    }
    return {
        "began": _now(),
        "commit": commit(),
        "rounds": rounds,
        "machine": machine(),
        "versions": versions(),
        "imports": {},
        "audience": {},
        "onward": {},
        "failed": [],
        **empty,
    }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M")


def _throughput(results: dict[str, Any], plan: Plan, running: Stack, logs: Path) -> None:
    load = backlog(plan.declarations)
    loads = {engine.name: load[: len(load) // SLOW.get(engine.name, 1)] for engine in ENGINES}
    wanted = {len(each): expected(each) for each in loads.values()}
    began = time.monotonic()
    for number in range(results["rounds"]):
        if _late(plan, began, THROUGHPUT_FRACTION):
            break
        for engine in ENGINES:
            its = loads[engine.name]
            run = throughput.measure(running, engine, its, wanted[len(its)], logs)
            _say(f"round {number + 1}", run.engine, f"{run.declarations_per_s:,.0f}/s", run.fault)
            results["throughput"].append(run.plain())


def _workers(results: dict[str, Any], plan: Plan, running: Stack, logs: Path) -> None:
    if not plan.workers_declarations:
        return
    load = backlog(plan.workers_declarations)
    wanted = expected(load)
    for _ in range(min(WORKERS_ROUNDS, results["rounds"])):
        for number in WORKERS:
            run = throughput.measure(running, LIVECOUNT, load, wanted, logs, workers=number)
            _say(f"{number} workers", f"{run.declarations_per_s:,.0f}/s", run.fault)
            results["workers"].append(run.plain())


def _latency(results: dict[str, Any], plan: Plan, running: Stack, logs: Path) -> None:
    engines = [each for each in (*ENGINES, ECHO) if each.name in LATENCY_ENGINES]
    began = time.monotonic()
    for turn in latency.measure(
        running, engines, LATENCY_RATES, plan.latency_rounds, plan.latency_turn_s, logs
    ):
        shown = f"p50 {turn.p50_ms:.1f} p99 {turn.p99_ms:.1f} ms at {turn.rate_per_s}/s"
        _say("latency", turn.engine, shown, turn.fault)
        results["latency"].append(turn.plain())
        if _late(plan, began, LATENCY_FRACTION):
            break


def _pure(results: dict[str, Any], plan: Plan, running: Stack, logs: Path) -> None:
    del running, logs
    for _ in range(results["rounds"]):
        results["pure"].append(pure.run("speed", plan.declarations))
        _say("pure", f"{results['pure'][-1]['decode_validate_fold_per_s']:,.0f}/s")
    for councils in plan.scale:
        results["scale"].append(pure.run("scale", councils))
        _say("scale", str(results["scale"][-1]))
    results["memory"] = [pure.run("memory", 1_000, wards) for wards in (5, 20)]


def _start(results: dict[str, Any], plan: Plan, running: Stack, logs: Path) -> None:
    del plan
    for _ in range(results["rounds"]):
        results["starts"] += [each.plain() for each in startup.measure(running, logs)]
    results["imports"] = startup.imports(results["rounds"])
    for each in results["starts"]:
        _say("start", each["service"], f"{each['seconds']:.2f} s", each["fault"])


def _late(plan: Plan, began: float, fraction: float) -> bool:
    """Returns whether a part has had its fraction of the time that there was when it began."""
    return plan.deadline_s > 0 and time.monotonic() > began + fraction * (plan.deadline_s - began)


def _rounds(results: dict[str, Any]) -> int:
    """Returns how many runs each engine had."""
    ours = [run for run in results["throughput"] if run["engine"] == LIVECOUNT.name]
    return len(ours) or int(results["rounds"])


def _audience(results: dict[str, Any], plan: Plan, running: Stack, logs: Path) -> None:
    del running, logs
    if plan.audience_s:
        command = [sys.executable, "-m", "benchmarks.audience", "--seconds", str(plan.audience_s)]
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            cwd=RESULTS.parent.parent,
            capture_output=True,
            check=False,
            text=True,
            timeout=plan.audience_s + AUDIENCE_TIMEOUT_S,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        results["audience"] = json.loads(done.stdout)
        _say("audience", "measured")


def _onward(results: dict[str, Any], plan: Plan, running: Stack, logs: Path) -> None:
    if plan.audience_s:
        results["onward"] = onward.measure(running, logs)
        _say("onward", str(results["onward"]["places"]))


def _decided(results: dict[str, Any], plan: Plan, running: Stack, logs: Path) -> None:
    for _ in range(DECIDED_RUNS if plan.audience_s else 0):
        run = decided.measure(running, logs) | {"commit": commit()}
        results["decided"].append(run)
        _say("decided", str(run))


def _milestones(results: dict[str, Any], plan: Plan, running: Stack, logs: Path) -> None:
    for _ in range(MILESTONES_RUNS if plan.audience_s else 0):
        run = milestones.measure(running, logs) | {"commit": commit()}
        results["milestones"].append(run)
        _say("milestones", str(run))


def _say(*words: str | None) -> None:
    line = f"{time.strftime('%H:%M:%S')} {' '.join(word for word in words if word)}"
    print(line[-2_000:], file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
