"""The councils that this worker counts, in memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from election.certificates.positions import NO_PLACES, Places
from election.council import Council

COUNCILS_MAX = 60_000
"""Councils kept in memory. A UK night has some 400, and the benchmarks go up to 50,000. A council
that was evicted is loaded from Redis when it is needed again."""


class CachedCouncil(NamedTuple):
    """A council, the offset of the last declaration that changed it, and those of its facts."""

    council: Council | None
    offset: int | None
    places: Places = NO_PLACES


NEW_COUNCIL = CachedCouncil(None, None)
"""A council that no declaration has named yet."""


class CouncilCache:
    """Councils by id, as Redis will have them once everything that was folded is stored.

    `has_evicted` is true if a council was removed since it was last set to false. Only then can a
    council that is missing here have changes that are not in Redis yet.
    """

    def __init__(self) -> None:
        self._councils: dict[str, CachedCouncil] = {}
        self.has_evicted = False

    def missing(self, councils: Iterable[str]) -> list[str]:
        """Returns the ids that are not in the cache, each once, in the order given."""
        return [council for council in dict.fromkeys(councils) if council not in self._councils]

    def snapshot(self, councils: Iterable[str]) -> dict[str, CachedCouncil]:
        """Returns councils by id as they are now. Raises KeyError for one that was not put."""
        return {council: self._councils[council] for council in councils}

    def put(self, council: str, cached: CachedCouncil) -> None:
        """Adds or replaces a council; it becomes the one last used."""
        self._councils.pop(council, None)
        self._councils[council] = cached

    def evict(self) -> None:
        """Removes councils beyond the limit, least recently put first."""
        while len(self._councils) > COUNCILS_MAX:
            del self._councils[next(iter(self._councils))]
            self.has_evicted = True

    def clear(self) -> None:
        """Removes all councils, for example after a rebalance or when Redis has lost data."""
        self._councils.clear()
        self.has_evicted = True
