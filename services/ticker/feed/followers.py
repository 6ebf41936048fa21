"""The followers of this process, one for each election that is read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import structlog
from redis.exceptions import RedisError

from schemas.uk_time import UK_TIME
from services.platform.metrics import TICKER_ELECTIONS
from services.ticker.broadcast.page_key import BrokenPageError, NightPage
from services.ticker.broadcast.subscribers import Subscribers
from services.ticker.broken import report
from services.ticker.feed.election_views import Render
from services.ticker.feed.follower import Follower
from services.ticker.feed.store import ReadOnlyStore
from services.ticker.tasks import stop_tasks

ELECTIONS_MAX: Final = 16
"""Elections followed at once, beside recent ones. Each holds one of the 32 connections to Redis
while it waits for news. A newsroom has one night and some rehearsals."""

RECENT_DAYS: Final = 7
"""An election polled in the last seven days, or today, is never let go of and always has a place:
counts last days, not weeks. As an election's id is a date, there are at most eight of these."""

UNREAD_S: Final = 600.0
"""An election that nobody has read for ten minutes is let go of; reading it again takes seconds."""

TEND_S: Final = 60.0
"""How often elections that nobody reads are let go of."""

PRELOADED_MAX: Final = 2
"""Elections loaded at the start: tonight's, and the one before it. A night of 143 councils takes
a second or two, which no reader should have to wait for."""

_log = structlog.get_logger()


def today_in_uk() -> date:
    """Returns the day that it is in the UK."""
    return datetime.now(UK_TIME).date()


class UnknownElectionError(LookupError):
    """No such election has been opened."""


class TooManyElectionsError(Exception):
    """As many elections are read as one process follows."""


@dataclass(slots=True)
class _Followed:
    """A follower, its task, and the event loop's time when it was last asked for."""

    follower: Follower
    task: asyncio.Task[None]
    read_at: float


class Followers:
    """Follows an election from when it is first asked for until nobody reads it any more."""

    def __init__(
        self,
        store: ReadOnlyStore,
        subscribers: Subscribers,
        render: Render,
        today: Callable[[], date] = today_in_uk,
    ) -> None:
        self._store = store
        self._subscribers = subscribers
        self._render = render
        self._today = today
        self._followed: dict[str, _Followed] = {}
        self._starting = asyncio.Lock()
        self._let_go_of = 0

    def followed(self, election: str) -> Follower | None:
        """Returns the follower of an election if there is one; that does not count as reading."""
        found = self._followed.get(election)
        return None if found is None else found.follower

    def changes(self) -> int:
        """Returns a number that is another whenever anything has changed in any election."""
        return self._let_go_of + sum(each.follower.changes for each in self._followed.values())

    def names(self) -> list[str]:
        """Returns the elections that are followed now."""
        return list(self._followed)

    async def of(self, election: str) -> Follower:
        """Returns the follower of an election, loaded.

        Raises UnknownElectionError for an election that has not been opened,
        TooManyElectionsError if it has no place, and redis.RedisError if it is not followed yet
        and Redis cannot be reached.
        """
        found = self._followed.get(election)
        if found is None:
            async with self._starting:
                found = self._followed.get(election) or await self._start(election)
        found.read_at = _now()
        return found.follower

    async def _start(self, election: str) -> _Followed:
        if election not in await self._store.elections():
            raise UnknownElectionError(f"no election {election} has been opened")
        await self._make_place(election)
        follower = Follower(self._store, election, self._subscribers, self._render)
        await follower.load()
        task = asyncio.create_task(follower.follow())
        self._followed[election] = _Followed(follower, task, _now())
        TICKER_ELECTIONS.set(len(self._followed))
        return self._followed[election]

    async def _make_place(self, election: str) -> None:
        """Lets go of the election that was read longest ago, if all places are taken."""
        others = [name for name in self._followed if not self._is_recent(name)]
        if self._is_recent(election) or len(others) < ELECTIONS_MAX:
            return
        unread = [name for name in others if not self._followed[name].follower.has_streams()]
        if not unread:
            raise TooManyElectionsError(
                f"{ELECTIONS_MAX} other elections are being read, the most this process follows"
            )
        await self._let_go(min(unread, key=lambda name: self._followed[name].read_at))

    async def let_go_of_unread(self, unread_s: float = UNREAD_S) -> None:
        """Lets go of the elections that nobody has asked for in that time or listens to."""
        for name, followed in list(self._followed.items()):
            is_old = _now() - followed.read_at >= unread_s
            if is_old and not self._is_recent(name) and not followed.follower.has_streams():
                await self._let_go(name)

    async def tend(self) -> None:
        """Lets go of what nobody reads, every TEND_S. Runs until cancelled."""
        while True:
            await asyncio.sleep(TEND_S)
            await self.let_go_of_unread()

    async def _let_go(self, election: str) -> None:
        followed = self._followed.pop(election)
        # So that the sum never comes back to what it was.
        self._let_go_of += followed.follower.changes + 1
        TICKER_ELECTIONS.set(len(self._followed))
        _log.info("an election is let go of", election=election)
        await stop_tasks([followed.task])

    def _is_recent(self, election: str) -> bool:
        return days_since_poll(election, self._today()) in range(RECENT_DAYS + 1)

    async def preload(self) -> None:
        """Follows the latest elections and renders their pages. Without Redis it does nothing.

        Polls that are still to come are loaded when they are asked for: nothing is counted yet.
        """
        try:
            elections = await self._store.elections()
        except (RedisError, OSError) as error:
            _log.warning("nothing is loaded yet", error=str(error))
            return
        polled = [name for name in elections if days_since_poll(name, self._today()) >= 0]
        for election in polled[:PRELOADED_MAX]:
            try:
                (await self.of(election)).live_view(NightPage())
            except (RedisError, OSError, UnknownElectionError, BrokenPageError) as error:
                _log.warning("not loaded yet", election=election, error=str(error))
            except Exception as error:  # noqa: BLE001 -- the ticker starts, whatever is stored
                report("election", election, error)

    async def stop(self) -> None:
        """Ends every follower and every stream."""
        self._subscribers.close()
        await stop_tasks([followed.task for followed in self._followed.values()])
        self._followed.clear()


def days_since_poll(election: str, today: date) -> int:
    """Returns how many days ago an election was polled; negative if it is still to come."""
    try:
        return (today - date.fromisoformat(election.rpartition(".")[2])).days
    except ValueError:
        return -1


def _now() -> float:
    return asyncio.get_running_loop().time()
