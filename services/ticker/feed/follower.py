"""Follows one election's feed and passes it on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

import structlog
from redis.exceptions import RedisError

from services.ticker.broadcast.live_view import Channel, View
from services.ticker.broadcast.subscriber import Listener, Wants, reset
from services.ticker.broadcast.subscribers import Audience
from services.ticker.feed.election_state import Night, as_it_stood
from services.ticker.feed.entry import Entry, Ring
from services.ticker.feed.store import Store

RETRY_S: Final = 0.5
"""Pause before Redis is tried again: soon enough for a page, no storm for a Redis that starts."""

CHANNELS_MAX: Final = 2_000
"""Views kept rendered: every council of a night and the wards that are looked at."""

REBUILD_PATIENCE_S: Final = 60.0
"""How long a Redis that holds less than before is given to be rebuilt. A whole night takes
seconds; after a minute what it holds is meant, such as a rehearsal that was begun again."""

STALE: Final = b'event: stale\ndata: {"reason":"store_away"}\n\n'
FRESH: Final = b"event: fresh\ndata: {}\n\n"

Render = Callable[[Night, str], View]


class RebuildingError(Exception):
    """Redis lost data and does not have all of it back yet."""


_log = structlog.get_logger()


class Follower:
    """One election: its state in memory, its feed's ring, and the views that are looked at.

    Everything between two reads of Redis happens without waiting, so that whoever joins sees
    one state: a snapshot, its feed id and what comes after it fit together exactly.
    """

    def __init__(self, store: Store, election: str, audience: Audience, render: Render) -> None:
        self._store = store
        self._audience = audience
        self._render = render
        self._channels: dict[str, Channel] = {}
        self.night = Night(election)
        self.ring = Ring()
        self.stale = False
        self._short_since: float | None = None

    @property
    def topic(self) -> str:
        """The audience topic of the feed."""
        return f"feed {self.night.election}"

    def view_topic(self, key: str) -> str:
        """Returns the audience topic of a view."""
        return f"view {self.night.election} {key}"

    async def load(self) -> None:
        """Reads the election as it stands. Raises redis.RedisError when Redis is away."""
        night = await self._store.night(self.night.election)
        self.ring = await self._store.ring(night.election, night.at)
        night.put_alerts_in_order(self.ring)
        self.night = night

    async def follow(self) -> None:
        """Passes on what the feed brings. Runs until cancelled; outlasts a Redis that is away."""
        while True:
            try:
                await self._step()
                self._tell_stale(stale=False)
            except (RedisError, OSError, RebuildingError) as error:
                self._tell_stale(stale=True, error=str(error))
                await asyncio.sleep(RETRY_S)

    async def _step(self) -> None:
        entries = await self._store.news(self.night.election, self.night.at)
        self._pass_on(entries)
        if await self._still_agrees(quiet=not entries):
            self._short_since = None
        else:
            await self._start_again()

    def _pass_on(self, entries: list[Entry]) -> None:
        news: list[Entry] = []
        for entry in entries:
            known = self.night.knows(entry)
            self.ring.append(entry.unheard() if known else entry)
            self.night.apply(entry)
            if not known:
                news.append(entry)
        self._tell(news)
        self._mark({entry.council for entry in news})
        self._refresh_watched()

    def _tell(self, news: list[Entry]) -> None:
        """Offers each listener what it wants of the news; the same bytes to all who want alike."""
        pieces: dict[Wants, bytes] = {}
        for listener in self._audience.of(self.topic):
            wants = listener.wants
            if wants not in pieces:
                pieces[wants] = _wanted(news, wants)
            if pieces[wants]:
                listener.offer(pieces[wants])

    async def _still_agrees(self, *, quiet: bool) -> bool:
        """Tells whether Redis still holds the feed and, in a quiet moment, the state we have.

        A Redis that was wiped and rebuilt has another feed, or a state that no entry told of.
        """
        night = self.night
        if not quiet:
            return await self._store.holds(night.election, night.at)
        last, versions = await self._store.versions(night.election)
        if last != night.at:
            return await self._store.holds(night.election, night.at)
        return versions == {totals.council: totals.version for totals in night.opened()}

    async def _start_again(self) -> None:
        """Takes over what Redis holds now, once it is no less than what we have.

        Raises RebuildingError while it is less: then what we have is the better truth.
        """
        night = await self._store.night(self.night.election)
        now = asyncio.get_running_loop().time()
        self._short_since = self._short_since or now
        if self.night.is_ahead_of(night) and now - self._short_since < REBUILD_PATIENCE_S:
            raise RebuildingError("Redis holds less than it did")
        self._short_since = None
        await self.load()
        _log.warning("feed was rebuilt", election=self.night.election, at=self.night.at)
        for listener in self._audience.of(self.topic):
            listener.offer(reset(self.night.at))
        self._mark(set(self.night.councils))
        self._refresh_watched()

    def _mark(self, councils: set[str]) -> None:
        """Marks the views that may have changed with these councils."""
        if not councils:
            return
        for key, channel in self._channels.items():
            _, _, council = key.partition(" ")
            if not council or council.partition(" ")[0] in councils:
                channel.current = False

    def _refresh_watched(self) -> None:
        for key, channel in self._channels.items():
            topic = self.view_topic(key)
            if channel.current or not self._audience.has(topic):
                continue
            frame = channel.show(self._render(self.night, key), self.night.at)
            if frame is not None:
                for listener in self._audience.of(topic):
                    listener.offer(frame)

    def channel(self, key: str) -> Channel:
        """Returns a view as it is now: `night`, `council <id>` or `ward <council> <ballot>`.

        Raises KeyError where there is no such council or ward.
        """
        channel = self._channels.get(key)
        if channel is None:
            channel = Channel(self._render(self.night, key), self.night.at)
            self._make_room()
            self._channels[key] = channel
        elif not channel.current:
            channel.show(self._render(self.night, key), self.night.at)
        return channel

    def as_it_stood(self, moment_ms: int) -> Night:
        """Returns the night as it stood at a moment, in milliseconds since 1970."""
        return as_it_stood(self.night, list(self.ring), moment_ms)

    def _make_room(self) -> None:
        """Lets go of views nobody looks at once there are too many; the oldest first."""
        if len(self._channels) < CHANNELS_MAX:
            return
        for key in list(self._channels):
            if not self._audience.has(self.view_topic(key)):
                del self._channels[key]
                return

    def join(self, listener: Listener, after: str | None) -> None:
        """Gives a listener of the feed what it missed since an id; it must be admitted at once.

        Without an id it starts from now. Where entries may be missing it is told to reset.
        """
        missed = [] if after is None else self.ring.after(after)
        if missed is None and after != self.night.at:
            listener.offer(reset(self.night.at))
        piece = _wanted(missed or (), listener.wants)
        if piece:
            listener.offer(piece)
        if self.stale:
            listener.offer(STALE)

    def join_view(self, listener: Listener, key: str, after: str | None) -> None:
        """Brings a page from an id to its view as it is now; it must be admitted at once."""
        channel = self.channel(key)
        for frame in channel.after(after or ""):
            listener.offer(frame)
        if self.stale:
            listener.offer(STALE)

    def _tell_stale(self, *, stale: bool, error: str = "") -> None:
        if stale == self.stale:
            return
        self.stale = stale
        if stale:
            _log.warning("redis away", election=self.night.election, error=error)
        self._audience.tell_all(STALE if stale else FRESH)


def _wanted(entries: Iterable[Entry], wants: Wants) -> bytes:
    """Returns the entries that are wanted as encoded events."""
    return b"".join(entry.frame for entry in entries if wants.includes(entry.kind, entry.council))
