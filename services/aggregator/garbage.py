"""Cycles: how often Python looks through memory for objects that hold only each other."""

from __future__ import annotations

import gc

GC_THRESHOLDS = (2_000, 10_000, 10)
"""Objects made, net, before Python looks at the young ones; such looks before it looks at older
ones; and those before it looks at all.

The fold makes no cycles, libraries make some six objects' worth with each declaration, which die
young: of 20,000 declarations, 3,000 such objects were older, so that to look at old ones seldom
costs little memory. A look at 2,000 objects takes a millisecond; one at 50,000 took 30 to 70, and
whatever was declared meanwhile waited.
"""


def collect_less_often() -> None:
    """Has Python look for cycles seldom, and never again among what there is now.

    What is imported stays, and what is counted stays for the night: to look through it every
    700 new objects, as Python would, takes a quarter of the processor (docs/performance.md).
    """
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
