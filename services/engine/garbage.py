"""Garbage collection: how often Python scans memory for objects that refer only to each other."""

from __future__ import annotations

import gc

GC_THRESHOLDS = (2_000, 10_000, 10)
"""Net new objects before Python scans the youngest generation, scans of the youngest before it
scans the middle one, and scans of the middle one before it scans all.

The fold makes no reference cycles. Libraries make some six objects' worth of them for each
declaration, and they die young: of those of 20,000 declarations, 3,000 objects outlived the first
scan. So scanning older objects seldom costs little memory. A scan of 2,000 objects takes a
millisecond. One of 50,000 took 30 to 70, and declarations that arrived meanwhile waited.
"""


def collect_less_often() -> None:
    """Collects garbage less often, and never scans objects that exist already.

    Imported modules and counted councils stay for the night. Scanning them after every 700 new
    objects, as Python does by default, takes a quarter of the processor
    (benchmarks/results/trials.md).
    """
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
