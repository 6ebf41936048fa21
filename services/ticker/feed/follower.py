"""Follows one election's feed and sends what changes to its subscribers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

import structlog
from redis.exceptions import RedisError

from services.platform.metrics import TICKER_UNRENDERABLE
from services.ticker.broadcast.live_view import LiveView, View
from services.ticker.broadcast.page_key import PageKey, page_key_text, shows_any
from services.ticker.broadcast.subscriber import FeedFilter, Subscriber, reset_event
from services.ticker.broadcast.subscribers import Subscribers
from services.ticker.feed.election_state import ElectionState, state_at
from services.ticker.feed.entry import Entry
from services.ticker.feed.ring import Ring
from services.ticker.feed.store import ReadOnlyStore

RETRY_S: Final = 0.5
"""Pause before Redis is tried again: short enough for a page, long enough for a Redis that is
starting."""

LIVE_VIEWS_MAX: Final = 2_000
"""Views kept rendered: every council of a night, and the wards whose pages are open."""

REBUILD_PATIENCE_S: Final = 60.0
"""How long a Redis that holds less than before is given to be rebuilt. A whole night takes
seconds; after a minute its contents are taken as intended, as when a rehearsal starts again."""

STALE: Final = b'event: stale\ndata: {"reason":"store_away"}\n\n'
FRESH: Final = b"event: fresh\ndata: {}\n\n"

Render = Callable[[ElectionState, PageKey], View]


class RenderingError(Exception):
    """A page cannot be rendered; every other page can."""


class RebuildingError(Exception):
    """Redis lost data and has not been rebuilt completely yet."""


_log = structlog.get_logger()


class Follower:
    """One election: its state in memory, the ring of its feed, and the views that are shown.

    Nothing is awaited between two reads of Redis. So a caller that does not await either sees
    one consistent state: a snapshot, its feed id, and exactly the entries that follow it.
    """

    def __init__(
        self, store: ReadOnlyStore, election: str, subscribers: Subscribers, render: Render
    ) -> None:
        self._store = store
        self._subscribers = subscribers
        self._render = render
        self._live_views: dict[PageKey, LiveView] = {}
        self.state = ElectionState(election)
        self.ring = Ring()
        self.stale = False
        self._behind_since: float | None = None

    @property
    def topic(self) -> str:
        """The topic of the feed's subscribers."""
        return f"feed {self.state.election}"

    def has_subscribers(self) -> bool:
        """Returns whether anybody has a stream of the feed or of a page open."""
        topics = (self.topic, *map(self.view_topic, self._live_views))
        return any(map(self._subscribers.has, topics))

    def view_topic(self, key: PageKey) -> str:
        """Returns the topic of a view's subscribers."""
        return f"view {self.state.election} {page_key_text(key)}"

    async def load(self) -> None:
        """Reads the election from Redis. Raises redis.RedisError if Redis cannot be reached."""
        state = await self._store.election(self.state.election)
        self.ring = await self._store.ring(state.election, state.at)
        state.order_alerts(self.ring)
        self.state = state

    async def follow(self) -> None:
        """Reads the feed and updates the subscribers. Runs until cancelled.

        While Redis cannot be reached it tries again every RETRY_S.
        """
        while True:
            try:
                await self._step()
                self._set_stale(stale=False)
            except (RedisError, OSError, RebuildingError) as error:
                self._set_stale(stale=True, error=str(error))
                await asyncio.sleep(RETRY_S)

    async def _step(self) -> None:
        entries = await self._store.new_entries(self.state.election, self.state.at)
        self._apply(entries)
        if await self._agrees_with_redis(quiet=not entries):
            self._behind_since = None
        else:
            await self._reload()

    def _apply(self, entries: list[Entry]) -> None:
        new: list[Entry] = []
        for entry in entries:
            changes_nothing = self.state.contains(entry)
            self.ring.append(entry.unsent() if changes_nothing else entry)
            self.state.apply(entry)
            if not changes_nothing:
                new.append(entry)
        self._send(new)
        self._invalidate({entry.council for entry in new})
        self._update_shown()

    def _send(self, new: list[Entry]) -> None:
        """Queues the entries that each subscriber asked for, encoded once for each filter."""
        chunks: dict[FeedFilter, bytes] = {}
        for subscriber in self._subscribers.of(self.topic):
            feed_filter = subscriber.feed_filter
            if feed_filter not in chunks:
                chunks[feed_filter] = _encoded(new, feed_filter)
            if chunks[feed_filter]:
                subscriber.enqueue(chunks[feed_filter])

    async def _agrees_with_redis(self, *, quiet: bool) -> bool:
        """Returns whether Redis still holds our feed and, if there is nothing new, our state.

        A Redis that was wiped and rebuilt has another feed, or a state without entries for it.
        """
        state = self.state
        if not quiet:
            return await self._store.has_entry(state.election, state.at)
        last, versions = await self._store.versions(state.election)
        if last != state.at:
            return await self._store.has_entry(state.election, state.at)
        return versions == {totals.council: totals.version for totals in state.opened()}

    async def _reload(self) -> None:
        """Reads everything from Redis again, and resets the subscribers.

        Raises RebuildingError while Redis holds less than we have, for REBUILD_PATIENCE_S at
        most; until then our state is the better one.
        """
        stored = await self._store.election(self.state.election)
        now = asyncio.get_running_loop().time()
        self._behind_since = self._behind_since or now
        if self.state.is_ahead_of(stored) and now - self._behind_since < REBUILD_PATIENCE_S:
            raise RebuildingError("Redis holds less than it did")
        self._behind_since = None
        await self.load()
        _log.warning("feed was rebuilt", election=self.state.election, at=self.state.at)
        for subscriber in self._subscribers.of(self.topic):
            subscriber.enqueue(reset_event(self.state.at))
        self._invalidate(set(self.state.councils))
        self._update_shown()

    def _invalidate(self, councils: set[str]) -> None:
        """Marks the views that show any of these councils to be rendered again."""
        for key, live_view in self._live_views.items():
            if shows_any(key, councils):
                live_view.is_current = False

    def _update_shown(self) -> None:
        """Renders the outdated views that have subscribers, and sends them what changed.

        A view that cannot be rendered stays as it is for those who see it, until it changes again.
        """
        for key, live_view in self._live_views.items():
            topic = self.view_topic(key)
            if live_view.is_current or not self._subscribers.has(topic):
                continue
            try:
                frame = live_view.update(self._rendered(key), self.state.at)
            except (RenderingError, KeyError):
                continue
            if frame is not None:
                for subscriber in self._subscribers.of(topic):
                    subscriber.enqueue(frame)

    def live_view(self, key: PageKey) -> LiveView:
        """Returns a view, rendered again first if it is out of date.

        Raises KeyError if there is no such council or ward, and RenderingError.
        """
        live_view = self._live_views.get(key)
        if live_view is None:
            live_view = LiveView(self._rendered(key), self.state.at)
            self._evict()
            self._live_views[key] = live_view
        elif not live_view.is_current:
            live_view.update(self._rendered(key), self.state.at)
        return live_view

    def _rendered(self, key: PageKey) -> View:
        """Returns a view. Raises KeyError if there is no such page, and RenderingError."""
        try:
            return self._render(self.state, key)
        except KeyError:
            raise
        except Exception as error:
            TICKER_UNRENDERABLE.inc()
            _log.exception("a page cannot be rendered", page=page_key_text(key))
            raise RenderingError(f"{page_key_text(key)} cannot be shown") from error

    def state_at(self, time_ms: int) -> ElectionState:
        """Returns the election as it was at a time, in milliseconds since 1970."""
        return state_at(self.state, list(self.ring), time_ms)

    def _evict(self) -> None:
        """Drops the oldest view without subscribers if there are LIVE_VIEWS_MAX already."""
        if len(self._live_views) < LIVE_VIEWS_MAX:
            return
        for key in list(self._live_views):
            if not self._subscribers.has(self.view_topic(key)):
                del self._live_views[key]
                return

    def catch_up(self, subscriber: Subscriber, after: str | None) -> None:
        """Queues what a subscriber of the feed missed since an id; nothing if that is None.

        If entries may be missing, a reset event is queued instead. The subscriber must have
        been added to `topic` without awaiting in between.
        """
        missed = [] if after is None else self.ring.after(after)
        if missed is None and after != self.state.at:
            subscriber.enqueue(reset_event(self.state.at))
        chunk = _encoded(missed or (), subscriber.feed_filter)
        if chunk:
            subscriber.enqueue(chunk)
        if self.stale:
            subscriber.enqueue(STALE)

    def catch_up_view(self, subscriber: Subscriber, key: PageKey, after: str | None) -> None:
        """Queues what brings a page from an id up to date; the whole view if that is None.

        The subscriber must have been added to `view_topic(key)` without awaiting in between.
        """
        for frame in self.live_view(key).after(after or ""):
            subscriber.enqueue(frame)
        if self.stale:
            subscriber.enqueue(STALE)

    def _set_stale(self, *, stale: bool, error: str = "") -> None:
        if stale == self.stale:
            return
        self.stale = stale
        if stale:
            _log.warning("redis away", election=self.state.election, error=error)
        self._subscribers.broadcast(STALE if stale else FRESH)


def _encoded(entries: Iterable[Entry], feed_filter: FeedFilter) -> bytes:
    """Returns the entries that a filter includes, as server-sent events."""
    return b"".join(
        entry.frame for entry in entries if feed_filter.includes(entry.kind, entry.council)
    )
