"""The followers of this process, one for each election."""

from __future__ import annotations

import asyncio
import signal
from typing import Final

import structlog
from redis.exceptions import RedisError

from services.ticker.broadcast.page_key import NightPage
from services.ticker.broadcast.subscribers import Subscribers
from services.ticker.feed.follower import Follower, Render, RenderingError
from services.ticker.feed.store import ReadOnlyStore
from services.ticker.tasks import stop_tasks

ELECTIONS_MAX: Final = 16
"""Elections followed at once: a night, the ones before it and some rehearsals. Each holds a
connection to Redis while it waits for news, and there are 32 for all. Only elections that are in
Redis count, so that requests for invented ids cannot reach this limit."""

PRELOADED_MAX: Final = 2
"""Elections loaded at the start: tonight's, and the one before it. A night of 143 councils takes
a second or two, which no reader should have to wait for."""

_log = structlog.get_logger()


class UnknownElectionError(LookupError):
    """No such election has been opened."""


class TooManyElectionsError(Exception):
    """As many elections are read as one process follows."""


class Followers:
    """Starts following an election when it is first asked for.

    It stops when others are asked for, there are ELECTIONS_MAX, and nobody reads it any more.
    """

    def __init__(self, store: ReadOnlyStore, subscribers: Subscribers, render: Render) -> None:
        self._store = store
        self._subscribers = subscribers
        self._render = render
        # The one asked for last comes last.
        self._followers: dict[str, Follower] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._starting = asyncio.Lock()

    async def of(self, election: str) -> Follower:
        """Returns the follower of an election, loaded.

        Raises UnknownElectionError for an election that has not been opened,
        TooManyElectionsError if ELECTIONS_MAX others are read now, and redis.RedisError if it is
        not followed yet and Redis cannot be reached.
        """
        found = self._followers.pop(election, None)
        if found is not None:
            self._followers[election] = found
            return found
        async with self._starting:
            if election not in self._followers:
                await self._start(election)
        return self._followers[election]

    async def _start(self, election: str) -> None:
        if election not in await self._store.elections():
            raise UnknownElectionError(f"no election {election} has been opened")
        if len(self._followers) >= ELECTIONS_MAX:
            await self._let_go()
        follower = Follower(self._store, election, self._subscribers, self._render)
        await follower.load()
        self._followers[election] = follower
        self._tasks[election] = asyncio.create_task(_follow(follower))

    async def _let_go(self) -> None:
        """Stops following the election that was asked for longest ago and that nobody reads."""
        for election, follower in self._followers.items():
            if not follower.has_subscribers():
                del self._followers[election]
                await stop_tasks([self._tasks.pop(election)])
                return
        raise TooManyElectionsError(f"{ELECTIONS_MAX} elections are read, the most")

    def followed(self, election: str) -> Follower | None:
        """Returns the follower of an election that is followed already, or None."""
        return self._followers.get(election)

    async def preload(self) -> None:
        """Follows the latest elections and renders their pages. Without Redis it does nothing."""
        try:
            for election in (await self._store.elections())[:PRELOADED_MAX]:
                (await self.of(election)).live_view(NightPage())
        except (RedisError, OSError, UnknownElectionError, RenderingError) as error:
            _log.warning("nothing is loaded yet", error=str(error))

    async def stop(self) -> None:
        """Ends every follower and every stream."""
        self._subscribers.close()
        await stop_tasks(self._tasks.values())


async def _follow(follower: Follower) -> None:
    """Follows until cancelled; if that fails, ends the process.

    A page that no longer changes is a wrong page, so it is better not to serve it.
    """
    try:
        await follower.follow()
    except Exception:
        _log.exception("an election is no longer followed", election=follower.state.election)
        signal.raise_signal(signal.SIGTERM)
        raise
