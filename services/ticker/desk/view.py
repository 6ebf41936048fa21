"""The desk page: its live view, its readers and its guard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final

import structlog
from pydantic import SecretStr
from redis.exceptions import RedisError

from services.pages.announcement import Announcement
from services.pages.live_view import LiveView, View
from services.pages.templates import element
from services.platform.addresses import named_addresses
from services.platform.names import LIVE_NAMESPACE
from services.platform.settings import Settings
from services.ticker.broadcast.frame import Frame
from services.ticker.broadcast.subscribers import Subscribers
from services.ticker.broken import report
from services.ticker.desk.failures import Failures, remedy
from services.ticker.desk.failures_reader import FailuresReader
from services.ticker.desk.feeds import FeedState, FeedStates
from services.ticker.desk.guard import DeskGuard
from services.ticker.desk.undecided import Undecided, UndecidedBallot
from services.ticker.desk.ward_rows import WardRows
from services.ticker.pages.templates import part

TOPIC: Final = "desk"
"""The topic of the desk page's subscribers."""

SETTLE_S: Final = 1.0
"""How often it is looked up whether something still waits, while there is anything."""

ANNOUNCED_MAX: Final = 3
"""Failures and rejects that a screen reader reads out at once; more of them are only counted.
Feeds are few."""

_log = structlog.get_logger()


class DeskView:
    """Failures as a live view, rendered once for all pages that show it.

    Its event ids have the form of feed ids: the time of the change in milliseconds since 1970,
    and a running number that makes each id unique.
    """

    def __init__(
        self,
        settings: Settings,
        token: SecretStr,
        subscribers: Subscribers,
        rows: WardRows,
        now: Callable[[], datetime],
    ) -> None:
        self.is_rehearsal = settings.namespace != LIVE_NAMESPACE
        self._entry_url = settings.entry_url
        self.guard = DeskGuard(token, time.monotonic)
        self._subscribers = subscribers
        self._now = now
        self._numbers = count()
        self._failures = Failures()
        self._undecided = Undecided()
        self._rows = rows
        self._feeds = FeedStates(named_addresses(settings.feeds), self._changed)
        self._live_view = LiveView(self._rendered(), self._next_id())
        self._reader = FailuresReader(settings, self._failures, self._undecided, self._changed)

    async def follow(self) -> None:
        """Reads until cancelled. If that fails, the page says so and the rest is still served."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._reader.run())
                tasks.create_task(self._settle())
                tasks.create_task(self._feeds.run())
        except Exception:
            _log.exception("the desk is no longer followed")
            self._failures.notice = "This page has stopped; restart the ticker."
            self._changed()
            raise

    async def _settle(self) -> None:
        """Looks up again and again whether what does not count still waits, until cancelled."""
        while True:
            await asyncio.sleep(SETTLE_S)
            if not self._undecided.wanted:
                continue
            try:
                rows = await self._rows.read(self._undecided.wanted)
            except RedisError as error:
                _log.warning("redis away from the desk", error=str(error))
                continue
            if self._undecided.settle(rows):
                self._changed()

    def _rendered(self) -> View:
        ballots = self._undecided.ballots()
        return render_desk(self._failures, ballots, self._entry_url, self._feeds.all())

    def live_view(self) -> LiveView:
        """Returns the view, rendered again first if it is out of date."""
        if not self._live_view.is_current:
            self._live_view.update(self._rendered(), self._next_id())
        return self._live_view

    def _changed(self) -> None:
        self._live_view.is_current = False
        if not self._subscribers.has(TOPIC):
            return
        events = self._live_view.update(self._rendered(), self._next_id())
        if events is not None:
            frame = Frame(events)
            for subscriber in self._subscribers.of(TOPIC):
                subscriber.enqueue(frame)

    def _next_id(self) -> str:
        return f"{int(self._now().timestamp() * 1_000)}-{next(self._numbers)}"


def render_desk(
    failures: Failures,
    undecided: Sequence[UndecidedBallot] = (),
    entry_url: str = "",
    feeds: Sequence[FeedState] = (),
) -> View:
    """Returns the desk page's changing parts.

    `entry_url` is the address of the pages on which the desk decides, blank if there is none.
    """
    deliveries, rejects = failures.failed_deliveries(), failures.rejected_input()
    fragments = {
        "desk-state": part(
            "desk/state.html",
            undecided=len(undecided),
            failures=len(deliveries),
            rejects=len(rejects),
            notice=failures.notice,
            feeds=feeds,
        )
    }
    for ballot in undecided:
        name = f"undecided-{element(ballot.ballot_paper_id)}"
        fragments |= _shown("desk/undecided.html", name, ballot=ballot, entry_url=entry_url)
    for delivery in deliveries:
        name = f"failure-{delivery.channel}-{delivery.alert_id}"
        fragments |= _shown("desk/failure.html", name, failure=delivery, remedy=remedy(delivery))
    for rejected in rejects:
        name = f"reject-{rejected.place.replace('/', '-')}"
        fragments |= _shown("desk/reject.html", name, rejected=rejected)
    for feed in feeds:
        fragments |= _shown("desk/feed.html", f"feed-{feed.name}", feed=feed)
    orders = {
        "undecided": tuple(name for name in fragments if name.startswith("undecided-")),
        "failures": tuple(name for name in fragments if name.startswith("failure-")),
        "rejects": tuple(name for name in fragments if name.startswith("reject-")),
        "feeds": tuple(name for name in fragments if name.startswith("feed-")),
    }
    announcements = [
        *(f"To decide: {each.name}" for each in undecided[:ANNOUNCED_MAX]),
        *(f"Not delivered to {each.channel}: {each.text}" for each in deliveries[:ANNOUNCED_MAX]),
        *(f"Not counted: {each.place}: {each.faults[0]}" for each in rejects[:ANNOUNCED_MAX]),
        *(f"Feed {each.name}: {each.kinds}" for each in feeds if each.wrong),
    ]
    return View(fragments, orders, tuple(map(Announcement, announcements)))


def _shown(template: str, name: str, **values: Any) -> dict[str, str]:
    """Returns an item as a fragment, or none if it cannot be shown, which is reported."""
    try:
        return {name: part(template, id=name, **values)}
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is this item's only
        report("desk", name, error)
        return {}
