"""The arguments of `python -m benchmarks`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

PARTS = (
    *("throughput", "latency", "pure", "start", "audience", "onward", "decided", "milestones"),
    "workers",
)

LEFT_OUT_IF_QUICK = {"audience", "onward", "decided", "milestones", "workers"}


def parse(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Returns the arguments, by default the process's. Raises SystemExit if one is unusable."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures everything, and writes JSON, tables and the chart.",
    )
    parser.add_argument("--quick", action="store_true", help="one short round; writes no page")
    parser.add_argument("--rounds", type=int, help="rounds instead of the plan's")
    parser.add_argument(
        "--minutes", type=float, help="begin no round that would end later; 0 for as long as needed"
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="measure only this part")
    parser.add_argument("--report", type=Path, help="writes the page from results measured before")
    arguments = parser.parse_args(given)
    left_out = LEFT_OUT_IF_QUICK & set(arguments.only or ())
    if arguments.quick and left_out:
        parser.error(f"--quick leaves out {', '.join(sorted(left_out))}")
    return arguments
