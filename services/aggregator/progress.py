"""Whether counting moves on: declarations that wait while nothing is counted mean a stall.

Faust's streams can stall without a word (faust-streaming/faust issues 175, 306, 523 and 640);
its own watchdog only logs.
"""

from __future__ import annotations

from collections.abc import Mapping

STALL_TIMEOUT_S = 30.0
"""After so long with declarations waiting and none counted the worker ends. The longest honest
pause is a retry of Redis or Kafka, 4 and 15 s; a rebuild counts as progress."""


class Progress:
    """Compares the log's ends with what is counted, again and again. Knows no clock."""

    def __init__(self, now_s: float) -> None:
        self._moved_at_s = now_s
        self._positions: dict[int, int | None] = {}
        self._rebalance: int | None = None
        self._rebalance_seen_at_s = now_s

    def lag(self, ends: Mapping[int, int], positions: Mapping[int, int | None]) -> int:
        """Returns how many declarations wait to be counted."""
        return sum(max(0, end - (positions.get(place) or 0)) for place, end in ends.items())

    def moved(self, now_s: float) -> None:
        """Says that something was done that no position shows, or that nothing can be done."""
        self._moved_at_s = now_s
        self._rebalance = None

    def rebalancing_s(self, rebalance: int | None, now_s: float) -> float:
        """Returns for how long one and the same rebalance has been seen; 0 where there is none.

        `rebalance` is the number of the one under way. Nothing is counted during one, and no
        position known, so that `stalled_s` cannot see that it does not end.
        """
        if rebalance is None or rebalance != self._rebalance:
            self._rebalance, self._rebalance_seen_at_s = rebalance, now_s
        return now_s - self._rebalance_seen_at_s

    def stalled_s(
        self, ends: Mapping[int, int], positions: Mapping[int, int | None], now_s: float
    ) -> float:
        """Returns for how long declarations have waited without any being counted; 0 for none."""
        if dict(positions) != self._positions or not self.lag(ends, positions):
            self._positions = dict(positions)
            self._moved_at_s = now_s
        return now_s - self._moved_at_s
