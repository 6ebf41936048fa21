"""Bounds what refusals may have written, so that nobody can fill the audit with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

REFUSALS_PER_MINUTE: Final = 30
"""Refusals that are written a minute, of one key, and of all requests without a valid key together.
One every two seconds shows when somebody tries; at most 43,200 a day of some 300 bytes each."""

MINUTE_S: Final = 60.0


class Surplus(NamedTuple):
    """Refusals of a minute that were not written: whose, and how many."""

    who: str
    requests: int


@dataclass(slots=True)
class _Minute:
    began_at: float
    written: int = 0
    surplus: int = 0


class RefusalBudget:
    """Says which refusals are written, and how many were not. Times are seconds that never go back.

    It remembers a minute for each `who`, which are the ids of keys, and blank.
    """

    def __init__(self, per_minute: int = REFUSALS_PER_MINUTE) -> None:
        self._per_minute = per_minute
        self._minutes: dict[str, _Minute] = {}

    def admit(self, who: str, now: float) -> bool:
        """Returns whether a refusal is to be written; if not, it is counted."""
        minute = self._minutes.setdefault(who, _Minute(now))
        if minute.written < self._per_minute:
            minute.written += 1
            return True
        minute.surplus += 1
        return False

    def ended(self, now: float) -> Iterator[Surplus]:
        """Yields what was counted in every minute that has ended by now, and begins new ones.

        Call it at least every few seconds. With `now` infinite every minute has ended.
        """
        for who, minute in list(self._minutes.items()):
            if now - minute.began_at >= MINUTE_S:
                del self._minutes[who]
                if minute.surplus:
                    yield Surplus(who, minute.surplus)
