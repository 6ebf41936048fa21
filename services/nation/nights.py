"""The nights that this worker counts, in memory."""

from __future__ import annotations

from collections.abc import Iterable

from services.nation.folding import CachedNight

NIGHTS_MAX = 64
"""Nights kept in memory, each of some megabytes. A newsroom counts one at a time, and corrects a
few before it. One that was evicted is loaded from Redis when it is needed again."""


class NightCache:
    """Nights by election, as Redis has them once the batch in hand is stored."""

    def __init__(self, limit: int = NIGHTS_MAX) -> None:
        self.limit = limit
        self._nights: dict[str, CachedNight] = {}

    def missing(self, elections: Iterable[str]) -> list[str]:
        """Returns the elections that are not in the cache, each once, in the order given."""
        return [election for election in dict.fromkeys(elections) if election not in self._nights]

    def known(self, elections: Iterable[str]) -> dict[str, CachedNight]:
        """Returns those of some nights that are in the cache, by election."""
        return {each: self._nights[each] for each in elections if each in self._nights}

    def put(self, election: str, night: CachedNight) -> None:
        """Adds or replaces a night; it becomes the one last used."""
        self._nights.pop(election, None)
        self._nights[election] = night

    def evict(self) -> None:
        """Removes nights beyond the limit, least recently put first."""
        while len(self._nights) > self.limit:
            del self._nights[next(iter(self._nights))]

    def clear(self) -> None:
        """Removes all nights, for example after a rebalance or when Redis has lost data."""
        self._nights.clear()
