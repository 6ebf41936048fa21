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
    print(f"{sum(numbers.values())} certificates of {len(numbers)} nights", numbers)
    if refused:
        print(*refused, sep="\n")
        return 1
    print(f"all hold, {time.monotonic() - began_s:.0f} s", flush=True)
    found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    seeds = [f"{given.seed} {start}" for start in range(0, given.mutants, CHUNK)]
    sizes = [min(CHUNK, given.mutants - start) for start in range(0, given.mutants, CHUNK)]
    with ProcessPoolExecutor(given.processes) as pool:
        for some in pool.map(_chunk, sizes, seeds):
            for kind, by in some.items():
                found[kind] += by
            done = sum(by.total() for by in found.values())
            print(f"\r{done:,} refused", end="", file=sys.stderr, flush=True)
    print(f"| seed {given.seed} | mutants | refused by itself | by the log | by its alert |")
    for kind, by in found.items():
        cells = (by.total(), by["itself"], by["log"], by["alert"])
        print(f"| {kind} | {' | '.join(f'{cell:,}' for cell in cells)} |")
    total = sum(by.total() for by in found.values())
    print(f"{total:,} mutants, all refused, {time.monotonic() - began_s:.0f} s")
    return 0


@cache
def _all() -> dict[str, CertifiedNight]:
    return {name: certified_night(name) for name in nights()}


def _chunk(mutants: int, seed: str) -> dict[str, Counter[str]]:
    return refusals(list(_all().values()), mutants, seed)


if __name__ == "__main__":
    sys.exit(main())
