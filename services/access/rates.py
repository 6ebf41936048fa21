"""How much a key may declare, or a person may ask for, in a minute."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from services.access.holder import Holder

MINUTE_S = 60.0

NAMES_MAX: Final = 10_000
"""Names that are counted at the same time, some 2 MB: all keys, and the people of a large night.
The one longest quiet is forgotten."""


class OverRateError(Exception):
    """A key has sent as many declarations as it may; after `wait_s` seconds these would fit.

    `wait_s` is None if they never would, because one request has more than a minute's worth.
    """

    def __init__(self, holder: Holder, events: int, wait_s: float | None) -> None:
        super().__init__(f"{holder.id} may declare {holder.per_minute} a minute")
        self.holder = holder
        self.events = events
        self.wait_s = wait_s


@dataclass(slots=True)
class _Spent:
    """What was counted under a name, less that of which the minute has passed until `at`."""

    count: float
    at: float


class Allowances:
    """Counts under names. At first a whole minute's worth may come at once.

    `now` returns a time in seconds that never goes back.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._spent: OrderedDict[str, _Spent] = OrderedDict()

    def take(self, name: str, per_minute: int, count: int = 1) -> float:
        """Counts, and returns 0; if that is too many counts nothing, and returns the wait in s."""
        now = self._now()
        spent = self._spent.setdefault(name, _Spent(0.0, now))
        self._spent.move_to_end(name)
        if len(self._spent) > NAMES_MAX:
            self._spent.popitem(last=False)
        spent.count = max(0.0, spent.count - (now - spent.at) * per_minute / MINUTE_S)
        spent.at = now
        over = spent.count + count - per_minute
        if over > 0:
            return over * MINUTE_S / per_minute
        spent.count += count
        return 0.0

    def give_back(self, name: str, count: int) -> None:
        """Takes something out of the count again."""
        spent = self._spent.get(name)
        if spent is not None:
            spent.count = max(0.0, spent.count - count)


class Rates:
    """Counts what each key sends. At first a whole minute's worth may come at once.

    `now` returns a time in seconds that never goes back.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._allowances = Allowances(now)

    def take(self, holder: Holder, events: int) -> None:
        """Counts declarations of a holder. Raises OverRateError, and counts none, if too many."""
        per_minute = holder.per_minute
        if per_minute is None:
            return
        if events > per_minute:
            raise OverRateError(holder, events, None)
        wait_s = self._allowances.take(holder.id, per_minute, events)
        if wait_s > 0:
            raise OverRateError(holder, events, wait_s)

    def give_back(self, holder: Holder, events: int) -> None:
        """Takes declarations out of the count again, because they were not acknowledged."""
        self._allowances.give_back(holder.id, events)
