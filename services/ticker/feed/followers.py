"""The elections this process follows."""

from __future__ import annotations

import asyncio
import signal
from typing import Final

import structlog
from redis.exceptions import RedisError

from services.ticker.broadcast.subscribers import Audience
from services.ticker.feed.follower import Follower, Render
from services.ticker.feed.store import Store
from services.ticker.tasks import stop_tasks

ELECTIONS_MAX: Final = 64
"""Elections followed at once. A newsroom has one night and some rehearsals; ids are checked
against Redis before they count, so nobody outside can fill this."""

AT_START_MAX: Final = 2
"""Elections loaded before the first reader comes: tonight's, and one before it. A night of 143
councils takes a second or two, which nobody should have to wait for."""

_log = structlog.get_logger()


class UnknownElectionError(LookupError):
    """No such election has been opened."""


class Coverage:
    """Starts following an election when it is first asked for, and then keeps on."""

    def __init__(self, store: Store, audience: Audience, render: Render) -> None:
        self._store = store
        self._audience = audience
        self._render = render
        self._followers: dict[str, Follower] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Lock()

    async def of(self, election: str) -> Follower:
        """Returns the follower of an election, loaded.

        Raises UnknownElectionError for an election that nobody has opened, and
        redis.RedisError when Redis is away and the election is not followed yet.
        """
        found = self._followers.get(election)
        if found is not None:
            return found
        async with self._starting:
            if election not in self._followers:
                await self._start(election)
        return self._followers[election]

    async def _start(self, election: str) -> None:
        if election not in await self._store.elections():
            raise UnknownElectionError(f"no election {election} has been opened")
        if len(self._followers) >= ELECTIONS_MAX:
            raise UnknownElectionError(f"{ELECTIONS_MAX} elections are followed, the most")
        follower = Follower(self._store, election, self._audience, self._render)
        await follower.load()
        self._followers[election] = follower
        self._tasks.add(asyncio.create_task(_follow(follower)))

    async def begin(self) -> None:
        """Follows the latest elections and draws their nights. Without Redis it does nothing."""
        try:
            for election in (await self._store.elections())[:AT_START_MAX]:
                (await self.of(election)).channel("night")
        except (RedisError, OSError, UnknownElectionError) as error:
            _log.warning("nothing is loaded yet", error=str(error))

    async def stop(self) -> None:
        """Ends every follower and every stream."""
        self._audience.close()
        await stop_tasks(self._tasks)


async def _follow(follower: Follower) -> None:
    """Follows, and ends the process where that fails: a page that stands still is a wrong page."""
    try:
        await follower.follow()
    except Exception:
        _log.exception("an election is no longer followed", election=follower.night.election)
        signal.raise_signal(signal.SIGTERM)
        raise
