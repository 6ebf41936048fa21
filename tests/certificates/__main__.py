"""The run: `python -m tests.certificates --mutants 1000000 --seed 2026`.

Checks every certificate of every night in `nights/`, and then mutants of them, and prints what
refused these. Ends with status 1 if one that is true is refused, or one that is not is accepted.
The same seed gives the same.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from checker.check import check
from readers.night import nights
from tests.certificates.night import CertifiedNight, certified_night
from tests.certificates.run import KINDS, refusals

CHUNK = 5_000
"""Mutants of one task, so that all processors are busy to the end."""


def main() -> int:
    """Runs the command and returns its status; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.certificates", description=__doc__)
    parser.add_argument("--mutants", type=int, default=1_000_000, help="of all kinds together")
    parser.add_argument("--seed", default="2026")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    began_s = time.monotonic()
    refused = [
        f"{name}: {each['name']}: {fault}"
        for name, night in _all().items()
        for each in night.certificates
        for fault in check(each, night.log, night.alerts)[0]
    ]
    numbers = {name: len(night.certificates) for name, night in _all().items()}
    _say(f"{sum(numbers.values())} certificates of {len(numbers)} nights: {numbers}", *refused)
    if refused:
        return 1
    _say(f"all hold, {time.monotonic() - began_s:.0f} s")
    found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    starts = range(0, given.mutants, CHUNK)
    seeds = [f"{given.seed} {start}" for start in starts]
    sizes = [min(CHUNK, given.mutants - start) for start in starts]
    with ProcessPoolExecutor(given.processes) as pool:
        for some in pool.map(_chunk, sizes, seeds):
            for kind, by in some.items():
                found[kind] += by
            _say(*_table(found, given.seed), f"{time.monotonic() - began_s:.0f} s", "")
    _say("all mutants refused")
    return 0


def _table(found: dict[str, Counter[str]], seed: str) -> list[str]:
    lines = [f"| seed {seed} | mutants | refused by itself | by the log | by its alert only |"]
    total: Counter[str] = sum(found.values(), Counter())
    for kind, by in [*found.items(), ("all", total)]:
        cells = (by.total(), by["itself"], by["log"], by["alert"])
        lines.append(f"| {kind} | {' | '.join(f'{cell:,}' for cell in cells)} |")
    return lines


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join((*lines, "")))
    sys.stdout.flush()


@cache
def _all() -> dict[str, CertifiedNight]:
    return {name: certified_night(name) for name in nights()}


def _chunk(mutants: int, seed: str) -> dict[str, Counter[str]]:
    return refusals(list(_all().values()), mutants, seed)


if __name__ == "__main__":
    sys.exit(main())
