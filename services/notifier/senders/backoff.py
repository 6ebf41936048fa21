"""How long to wait after a failed attempt."""

from __future__ import annotations

from random import Random

BASE_S = 0.5
"""The first pause: a receiver that restarts behind a balancer is back by then."""

MAX_S = 30.0
"""The longest pause: a receiver that comes back is noticed within half a minute."""


def pause_s(failures: int, random: Random, retry_after_s: float | None = None) -> float:
    """Returns the pause after so many failures in a row: doubling, jittered, never above MAX_S.

    The jitter, up to half, keeps many channels of one service from coming back together. A
    receiver that names a time to wait is not asked before.
    """
    ceiling = min(MAX_S, BASE_S * 2.0 ** min(failures - 1, 16))
    return max(ceiling * random.uniform(0.5, 1.0), retry_after_s or 0.0)
