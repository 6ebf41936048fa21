"""How many declarations a key may send in a minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.access.holder import Holder

MINUTE_S = 60.0


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
    """Declarations that a key has sent, less those of which the minute has passed until `at`."""

    count: float
    at: float


class Rates:
    """Counts what each key sends. At first a whole minute's worth may come at once.

    `now` returns a time in seconds that never goes back.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._spent: dict[str, _Spent] = {}

    def take(self, holder: Holder, events: int) -> None:
        """Counts declarations of a holder. Raises OverRateError, and counts none, if too many."""
        per_minute = holder.per_minute
        if per_minute is None:
            return
        if events > per_minute:
            raise OverRateError(holder, events, None)
        now = self._now()
        spent = self._spent.setdefault(holder.id, _Spent(0.0, now))
        spent.count = max(0.0, spent.count - (now - spent.at) * per_minute / MINUTE_S)
        spent.at = now
        over = spent.count + events - per_minute
        if over > 0:
            raise OverRateError(holder, events, over * MINUTE_S / per_minute)
        spent.count += events

    def give_back(self, holder: Holder, events: int) -> None:
        """Takes declarations out of the count again, because they were not acknowledged."""
        spent = self._spent.get(holder.id)
        if spent is not None:
            spent.count = max(0.0, spent.count - events)
