"""Run: certificates of past nights, whole and mutated, before the checker."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from random import Random

from checker.check import check
from tests.certificates.mutate import forged, forged_well, mutated
from tests.certificates.night import CertifiedNight

MAKERS = {
    "hash left alone": partial(mutated, part=""),
    "positions": partial(mutated, part="positions"),
    "hash made anew": forged,
    "sums and hash made anew": forged_well,
}
KINDS = tuple(MAKERS)
"""The kinds of mutants: slips, and what a forger would do."""

ATTEMPTS_MAX = 100
"""Tries for one mutant that differs: some mutations change nothing."""


class AcceptedError(AssertionError):
    """A mutant that the checker accepts."""


def refusals(nights: Sequence[CertifiedNight], mutants: int, seed: str) -> dict[str, Counter[str]]:
    """Returns by what mutants were refused, of each kind as many: itself, the log, or the alert.

    Raises AcceptedError, with the mutant, for one that is accepted with all of them.
    """
    chance = Random(seed)
    every = [(night, each) for night in nights for each in night.certificates]
    found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for number in range(mutants):
        kind = KINDS[number % len(KINDS)]
        for _ in range(ATTEMPTS_MAX):
            night, true = chance.choice(every)
            mutant = MAKERS[kind](true, chance)
            if mutant is not None:
                break
        assert mutant is not None
        found[kind][refused_by(mutant, night, kind)] += 1
    return found


def refused_by(mutant: object, night: CertifiedNight, kind: str) -> str:
    """Returns what a mutant is refused by: `itself`, the `log`, or only its `alert`."""
    log = night.log if kind != "hash left alone" else None
    faults, _ = check(mutant, log)
    if faults:
        return "itself" if faults[0].startswith("certificate") else "log"
    if kind not in KINDS[:2] and check(mutant, None, night.alerts)[0]:
        return "alert"
    raise AcceptedError(f"{kind}: {json.dumps(mutant)}")
