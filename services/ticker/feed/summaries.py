"""What the list of elections says of each, read without following any of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from schemas.totals import CouncilTotals
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.followers import Followers, days_since_poll, today_in_uk
from services.ticker.feed.store import ReadOnlyStore

LISTED_MAX: Final = 500
"""Elections in the list, those polled nearest to today: all that a newsroom can have."""

FRESH_FOR_S: Final = 1.0
"""How long the list is served as it is, as long as a response may be cached anyway."""


@dataclass(frozen=True, slots=True)
class ElectionSummary:
    """One election in the list: how many councils it has, and of how many control is settled."""

    election: str
    councils: int
    decided: int
    is_rehearsal: bool


class Summaries:
    """Summaries of all elections, each read again only once its feed has gone on."""

    def __init__(
        self,
        store: ReadOnlyStore,
        followers: Followers,
        today: Callable[[], date] = today_in_uk,
    ) -> None:
        self._store = store
        self._followers = followers
        self._today = today
        self._known: dict[str, tuple[str, ElectionSummary]] = {}
        self._listed: list[ElectionSummary] = []
        self._fresh_until = 0.0
        self._reading = asyncio.Lock()

    async def all(self) -> list[ElectionSummary]:
        """Returns the summary of each election, latest first.

        Raises redis.RedisError if Redis cannot be reached.
        """
        async with self._reading:
            now = asyncio.get_running_loop().time()
            if now >= self._fresh_until:
                self._listed = await self._read()
                self._fresh_until = now + FRESH_FOR_S
            return self._listed

    async def _read(self) -> list[ElectionSummary]:
        every = await self._store.elections()
        nearest = sorted(every, key=lambda each: abs(days_since_poll(each, self._today())))
        elections = sorted(nearest[:LISTED_MAX], reverse=True)
        known: dict[str, tuple[str, ElectionSummary]] = {}
        for election, last_id in (await self._store.last_ids(elections)).items():
            followed = self._followers.followed(election)
            if followed is not None:
                known[election] = (followed.state.at, summary_of(followed.state))
            elif election in self._known and self._known[election][0] == last_id:
                known[election] = self._known[election]
            else:
                councils, opened = await self._store.totals(election)
                known[election] = (last_id, _summary(election, councils, opened))
        self._known = known
        return [summary for _, summary in known.values()]


def summary_of(state: ElectionState) -> ElectionSummary:
    """Returns the summary of an election in a state."""
    return _summary(state.election, len(state.councils), state.opened())


def _summary(election: str, councils: int, opened: Iterable[CouncilTotals]) -> ElectionSummary:
    every = list(opened)
    return ElectionSummary(
        election,
        councils,
        sum(totals.decided for totals in every),
        any(totals.mode == "rehearsal" for totals in every),
    )
