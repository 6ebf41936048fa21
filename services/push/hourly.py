"""How many subscriptions an address may make in an hour."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

HOUR_S: Final = 3_600.0

NEW_PER_HOUR: Final = 60
"""Changes from one address in an hour. A household makes a few; a village, or a company behind one
address, some dozens. A browser that is refused is told when to come again."""

ADDRESSES_MAX: Final = 16_384
"""Addresses that are counted at the same time, some 3 MB. The one longest quiet is forgotten."""


class Hourly:
    """Counts under names; what was counted fades away over an hour. `now` returns seconds."""

    def __init__(self, now: Callable[[], float], per_hour: int = NEW_PER_HOUR) -> None:
        self._now = now
        self._per_hour = per_hour
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> float:
        """Counts one and returns 0; if that is too many counts none and returns the wait in s."""
        now = self._now()
        count, at = self._spent.pop(name, (0.0, now))
        count = max(0.0, count - (now - at) * self._per_hour / HOUR_S)
        over = count + 1 - self._per_hour
        self._spent[name] = (count if over > 0 else count + 1, now)
        if len(self._spent) > ADDRESSES_MAX:
            self._spent.popitem(last=False)
        return max(over, 0.0) * HOUR_S / self._per_hour
