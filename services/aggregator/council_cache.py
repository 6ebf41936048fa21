"""The councils this worker counts, in memory, as Redis has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from election.council import Council

COUNCILS_MAX = 60_000
"""Councils kept in memory. A UK night has some 400 and the benchmarks go to 50,000; what is
left out is loaded from Redis when it is needed again."""


class CachedCouncil(NamedTuple):
    """A council and the offset of the last declaration that Redis has counted in it."""

    council: Council | None
    offset: int | None


NOTHING = CachedCouncil(None, None)
"""A council that no declaration has named yet."""


class CouncilCache:
    """Councils by id. What it holds is what Redis will hold once all that was folded is stored.

    `has_evicted` tells whether any was forgotten since it was last set to false: only then may one
    that is missing here have changes that are not in Redis yet.
    """

    def __init__(self) -> None:
        self._held: dict[str, CachedCouncil] = {}
        self.has_evicted = False

    def missing(self, councils: Iterable[str]) -> list[str]:
        """Returns those that have to be loaded, each once, in the given order."""
        return [council for council in dict.fromkeys(councils) if council not in self._held]

    def get(self, council: str) -> CachedCouncil:
        """Returns a council that was loaded or put before; KeyError for any other."""
        return self._held[council]

    def put(self, council: str, held: CachedCouncil) -> None:
        """Keeps a council as Redis has it now, as the one last used."""
        self._held.pop(council, None)
        self._held[council] = held

    def evict(self) -> None:
        """Forgets the councils changed longest ago beyond the limit. Not within a batch."""
        while len(self._held) > COUNCILS_MAX:
            del self._held[next(iter(self._held))]
            self.has_evicted = True

    def clear(self) -> None:
        """Forgets everything, as after a rebalance or a loss in Redis."""
        self._held.clear()
        self.has_evicted = True
