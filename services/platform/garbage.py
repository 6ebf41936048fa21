"""Garbage collection: how often Python scans memory for objects that refer only to each other."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import Final

GC_THRESHOLDS: Final = (2_000, 10_000, 10)
"""Net new objects before Python scans the youngest generation, scans of the youngest before it
scans the middle one, and scans of the middle one before it scans all.

The fold makes no reference cycles. Libraries make some six objects' worth of them for each
declaration, and they die young: of those of 20,000 declarations, 3,000 objects outlived the first
scan. So scanning older objects seldom costs little memory. A scan of 2,000 objects takes a
millisecond. One of 50,000 took 30 to 70, and declarations that arrived meanwhile waited.
"""

_MIDDLE_AFTER: Final = 10
_NEVER: Final = 1_000_000_000

DUE_AFTER: Final = 5
"""Scans of the middle generation after which all is scanned, once nobody waits: 100,000 net new
objects, among which 15 MB can be garbage."""

OVERDUE_AFTER: Final = 50
"""The same even if somebody waits, so that garbage stays bounded: 150 MB at most."""


def collect_less_often() -> None:
    """Collects garbage less often, and never scans objects that exist already.

    Imported modules and counted councils stay for the night. Scanning them after every 700 new
    objects, as Python does by default, takes a quarter of the processor
    (benchmarks/results/trials.md).
    """
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


@dataclass(slots=True)
class QuietCollection:
    """Scans all objects when nobody waits for this process, and not whenever Python would.

    A scan of all takes 0.3 s where there are 15,000 streams, and each of them would wait for it
    (benchmarks/results/readers.md). Young objects are scanned as ever, a few milliseconds at most.
    """

    is_on: bool = False

    def begin(self) -> None:
        """Takes over from Python, and never scans objects that exist already."""
        gc.freeze()
        gc.set_threshold(GC_THRESHOLDS[0], _MIDDLE_AFTER, _NEVER)
        self.is_on = True

    def collect_if_due(self, *, quiet: bool) -> bool:
        """Scans all objects if enough are new, or far too many while it is not quiet.

        Returns whether it did. Blocks meanwhile. Does nothing before `begin`.
        """
        scans = gc.get_count()[2]
        if not self.is_on or scans < (DUE_AFTER if quiet else OVERDUE_AFTER):
            return False
        gc.collect()
        return True
