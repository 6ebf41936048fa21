"""Follows one election's feed and sends what changes to its subscribers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from redis.exceptions import RedisError

from services.pages.live_view import LiveView
from services.ticker.broadcast.delivery import Delivery, deliver
from services.ticker.broadcast.frame import Frame, frame_of
from services.ticker.broadcast.page_key import PageKey
from services.ticker.broadcast.subscriber import (
    MISSED_BYTES_MAX,
    FeedFilter,
    Subscriber,
    reset_event,
)
from services.ticker.broadcast.subscribers import Subscribers
from services.ticker.broken import FAULT_CHARS_MAX, report
from services.ticker.feed.election_state import NIGHT, ElectionState
from services.ticker.feed.election_views import ElectionViews, Render
from services.ticker.feed.entry import Entry
from services.ticker.feed.feed_read import FeedRead
from services.ticker.feed.history import History
from services.ticker.feed.missed import Missed, encoded
from services.ticker.feed.nation_state import NationState
from services.ticker.feed.ring import Ring
from services.ticker.feed.shown_entries import ShownEntries
from services.ticker.feed.store import ReadOnlyStore

RETRY_S: Final = 0.5
"""Pause before Redis is tried again: short enough for a page, long enough for a Redis that is
starting."""

REBUILD_PATIENCE_S: Final = 60.0
"""How long a Redis that holds less than before is given to be rebuilt. A whole night takes
seconds; after a minute its contents are taken as intended, as when a rehearsal starts again."""

STALE: Final = Frame(b'event: stale\ndata: {"reason":"store_away"}\n\n')
FRESH: Final = Frame(b"event: fresh\ndata: {}\n\n")


class RebuildingError(Exception):
    """Redis lost data and has not been rebuilt completely yet."""


_log = structlog.get_logger()


class Follower:
    """One election: its state in memory, its feed, and the views that are shown.

    Of the feed, `ring` has the newest entries, and `history` what they have said all night.

    `loads` counts how often everything was read: what was computed before the last time is void.
    `changes` counts whatever may make an answer another one.

    Nothing is awaited between two reads of Redis. So a caller that does not await either sees
    one consistent state: a snapshot, its feed id, and exactly the entries that follow it.
    """

    def __init__(
        self, store: ReadOnlyStore, election: str, subscribers: Subscribers, render: Render
    ) -> None:
        self._store = store
        self._subscribers = subscribers
        self._views = ElectionViews(election, subscribers, render)
        self._must_reload = False
        self.loads = self.changes = 0
        self.state = ElectionState(election)
        self.ring = Ring()
        self.history = History()
        self.stale = False
        self._behind_since: float | None = None
        self._rebuilds = 0
        self._missed = Missed()

    @property
    def topic(self) -> str:
        """The topic of the feed's subscribers."""
        return f"feed {self.state.election}"

    def view_topic(self, key: PageKey) -> str:
        """Returns the topic of a view's subscribers."""
        return self._views.topic(key)

    async def load(self) -> None:
        """Reads the election from Redis. Raises redis.RedisError if Redis cannot be reached."""
        # Read first: a rebuild that ends meanwhile makes it necessary to read again.
        rebuilds = await self._store.rebuilds()
        state = await self._store.election(self.state.election)
        read = FeedRead()
        async for entries in self._store.entries(state.election, state.at):
            read.add(entries)
        state.order_alerts(read.alerts)
        self.state, self.ring, self._rebuilds = state, read.ring, rebuilds
        self.history = read.history_until(state)
        self.loads += 1
        self.changes += 1

    async def follow(self) -> None:
        """Reads the feed and updates the subscribers. Runs until cancelled.

        While Redis cannot be reached it tries again every RETRY_S. After a fault that nobody
        foresaw it reads everything again; until that succeeds, pages say that they are stale.
        """
        while not _is_cancelled():
            try:
                await self._step()
                self._set_stale(stale=False)
            except (RedisError, OSError, RebuildingError) as error:
                self._set_stale(stale=True, error=str(error))
                await asyncio.sleep(RETRY_S)
            except Exception as error:  # noqa: BLE001 -- the other elections must go on
                report("election", self.state.election, error)
                self._must_reload = True
                self._set_stale(stale=True, error=str(error)[:FAULT_CHARS_MAX])
                await asyncio.sleep(RETRY_S)

    async def _step(self) -> None:
        if self._must_reload:
            await self._reload()
            self._must_reload = False
        entries = await self._store.new_entries(self.state.election, self.state.at)
        nation: NationState | None = None
        if any("national" in {entry.kind, entry.lost} for entry in entries):
            later, nation = await self._store.nation(self.state.election, entries[-1].id)
            entries += later
        await self._apply(entries, nation)
        if await self._agrees_with_redis(quiet=not entries):
            self._behind_since = None
        else:
            await self._reload()

    async def _apply(self, entries: list[Entry], nation: NationState | None) -> None:
        """Applies entries, and what councils come to together after those if that was read.

        Everything is applied, and all who are to be told are known, before the first is told:
        whoever subscribes meanwhile is caught up with all of it.
        """
        shown = ShownEntries(entries)
        self.changes += bool(entries) or nation is not None
        new: list[Entry] = []
        for entry in entries:
            try:
                changes_nothing = self.state.contains(entry)
                self.history.append(entry, before=self.state)
                self.state.apply(entry)
            except Exception as error:  # noqa: BLE001 -- whatever it is, it is this entry's only
                report("entry", f"{entry.council} {entry.id}", error)
                changes_nothing = True
                self.state.at = entry.id
            self.ring.append(entry.unsent() if changes_nothing else entry)
            if not changes_nothing:
                new.append(entry)
        changed = {entry.council for entry in new}
        if nation is not None and nation != self.state.nation:
            self.state.nation = nation
            changed.add(NIGHT)
        self._views.invalidate(changed)
        of_feed = self._of_feed(_without_replaced(new))
        of_views = self._views.update_shown(self.state)
        await deliver([*of_feed, *of_views])
        shown.end(new)

    def _of_feed(self, new: list[Entry]) -> list[Delivery]:
        """Returns the entries that each subscriber asked for, encoded once for each filter."""
        asking: dict[FeedFilter, list[Subscriber]] = {}
        for subscriber in self._subscribers.of(self.topic):
            asking.setdefault(subscriber.feed_filter, []).append(subscriber)
        deliveries = [
            Delivery(encoded(new, feed_filter), tuple(subscribers))
            for feed_filter, subscribers in asking.items()
        ]
        return [each for each in deliveries if each.frame.events]

    async def _agrees_with_redis(self, *, quiet: bool) -> bool:
        """Returns whether Redis still holds our feed and, if there is nothing new, our state.

        A Redis that was wiped and rebuilt has another feed, or a state without entries for it. One
        that had lost parts, and was rebuilt, may have the same feed and the same versions. Totals
        of the night that were written without an entry, as when they are rebuilt, are read here.
        """
        if await self._store.rebuilds() != self._rebuilds:
            return False
        state = self.state
        if not quiet:
            return await self._store.has_entry(state.election, state.at)
        last, versions = await self._store.versions(state.election)
        if last != state.at:
            return await self._store.has_entry(state.election, state.at)
        if not state.has_versions(versions):
            return False
        if not state.nation.has_version(versions.get(NIGHT)):
            await self._apply(*await self._store.nation(state.election, state.at))
        return True

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
        councils_before = set(self.state.councils)
        await self.load()
        _log.warning("feed was rebuilt", election=self.state.election, at=self.state.at)
        reset = Delivery(reset_event(self.state.at), tuple(self._subscribers.of(self.topic)))
        self._views.invalidate(set(self.state.councils) | councils_before)
        await deliver([reset, *self._views.update_shown(self.state)])

    def live_view(self, key: PageKey) -> LiveView:
        """Returns a view as it is now.

        Raises UnknownPageError if there is no such council or ward, and BrokenPageError if it
        cannot be shown.
        """
        return self._views.get(key, self.state)

    def past_at(self, time_ms: int) -> Callable[[], ElectionState]:
        """Returns what computes the election as it was at a time, in ms since 1970, in any thread.

        The time is a multiple of STEP_MS and not before the history's first.
        """
        return self.history.past(self.state, time_ms)

    def has_streams(self) -> bool:
        """Returns whether anybody listens to this election's feed or to one of its pages."""
        return self._subscribers.has(self.topic) or self._views.have_streams()

    def catch_up(self, subscriber: Subscriber, after: str | None) -> None:
        """Queues what a subscriber of the feed missed since an id; nothing if that is None.

        If entries may be missing, or are more than MISSED_BYTES_MAX, a reset event is queued
        instead. The subscriber must have been added to `topic` without awaiting in between.
        """
        missed = [] if after is None else self.ring.after(after)
        frame = self._missed.frame(missed or (), subscriber.feed_filter, self.loads)
        has_gap = missed is None and after != self.state.at
        if has_gap or len(frame) > MISSED_BYTES_MAX:
            subscriber.enqueue(reset_event(self.state.at))
        elif frame.events:
            subscriber.enqueue(frame)
        if self.stale:
            subscriber.enqueue(STALE)

    def catch_up_view(self, subscriber: Subscriber, key: PageKey, after: str | None) -> None:
        """Queues what brings a page from an id up to date; the whole view if that is None.

        The subscriber must have been added to `view_topic(key)` without awaiting in between.
        """
        for events in self.live_view(key).after(after or ""):
            subscriber.enqueue(frame_of(events))
        if self.stale:
            subscriber.enqueue(STALE)

    def _set_stale(self, *, stale: bool, error: str = "") -> None:
        if stale == self.stale:
            return
        self.stale = stale
        self.changes += 1
        if stale:
            _log.warning("redis away", election=self.state.election, error=error)
        for topic in (self.topic, *self._views.topics()):
            for subscriber in self._subscribers.of(topic):
                subscriber.enqueue(STALE if stale else FRESH)


def _without_replaced(entries: list[Entry]) -> list[Entry]:
    """Returns entries with the last totals of the night only, as each replaces those before."""
    last = next((each for each in reversed(entries) if each.kind == "national"), None)
    return [each for each in entries if each.kind != "national" or each is last]


def _is_cancelled() -> bool:
    """Returns whether this task was cancelled, also if a client library has lost that."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
