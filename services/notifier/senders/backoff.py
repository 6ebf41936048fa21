"""How long to wait after a failed attempt."""

from __future__ import annotations

from random import Random

BASE_S = 0.5
"""The first pause: a receiver that restarts behind a load balancer is back by then."""

MAX_S = 30.0
"""The longest pause: a receiver that comes back is noticed within half a minute."""


def pause_s(failures: int, random: Random, retry_after_s: float | None = None) -> float:
    """Returns the seconds to pause after this number of failures in a row.

    They double with each failure up to MAX_S, less a random part of up to half, so that many
    channels of one service do not try again together. `retry_after_s` is how long the receiver
    asked to wait; the pause is never shorter than that.
    """
    ceiling = min(MAX_S, BASE_S * 2.0 ** min(failures - 1, 16))
    return max(ceiling * random.uniform(0.5, 1.0), retry_after_s or 0.0)
