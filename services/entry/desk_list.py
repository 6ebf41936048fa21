"""The desk's list as a live view: rendered once for all pages that show it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from typing import Final

from election.council import Council
from services.entry import wording
from services.entry.pages import part
from services.entry.waiting_list import WaitingList, Waits
from services.following.step import Step
from services.pages.announcement import Announcement
from services.pages.live_view import LiveView, View
from services.pages.templates import element
from services.platform.metrics import ENTRY_WAITING

SHOWN_MAX: Final = 200
"""Ballots on the page: more than a desk can decide in a night. The others are counted, and come up
as these are decided."""


class DeskList:
    """The ballots that wait, and the pages that show them.

    Its event ids have the time of the change in milliseconds since 1970, and a running number.
    `now` returns the time.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.waiting = WaitingList()
        self._now = now
        self._numbers = count()
        self._notice = ""
        self._news = asyncio.Event()
        self._live = LiveView(self._rendered(), self._next_id())

    @property
    def news(self) -> asyncio.Event:
        """Is set once something is different; then there is another one."""
        return self._news

    @property
    def notice(self) -> str:
        """Why the page may be out of date; blank if it is not."""
        return self._notice

    def hear(self, step: Step) -> None:
        """Takes a record of the log, with what it led to."""
        self.waiting.hear(step)

    def update(self, changed: frozenset[str], councils: Mapping[str, Council]) -> None:
        """Looks at councils again that may have changed."""
        if self.waiting.update(changed, councils):
            ENTRY_WAITING.set(len(self.waiting.ballots()))
            self.wake()

    def say(self, notice: str) -> None:
        """Has the page say why it may be out of date; blank if it is not."""
        if self._notice != notice:
            self._notice = notice
            self.wake()

    def wake(self) -> None:
        """Has every page looked at again: what it shows, and whether its session still is one."""
        self._live.is_current = False
        self._news.set()
        self._news = asyncio.Event()

    def live_view(self) -> LiveView:
        """Returns the view, rendered again first if it is out of date."""
        if not self._live.is_current:
            self._live.update(self._rendered(), self._next_id())
        return self._live

    def _next_id(self) -> str:
        return f"{int(self._now().timestamp() * 1_000)}-{next(self._numbers)}"

    def _rendered(self) -> View:
        return render_list(self.waiting.ballots(), self._notice, self._now())


def render_list(waits: list[Waits], notice: str, now: datetime) -> View:
    """Returns the list's changing parts."""
    shown = waits[:SHOWN_MAX]
    undecided = sum(each.ballot.decisions == 0 for each in waits)
    fragments = {
        "desk-state": part(
            "state.html",
            undecided=undecided,
            decided=len(waits) - undecided,
            more=len(waits) - len(shown),
            notice=notice,
        )
    }
    names = []
    for each in shown:
        name = f"waits-{element(each.ballot.ballot_paper_id)}"
        age = wording.age(each.since, now) if each.since else ""
        fragments[name] = part("waits.html", id=name, ballot=each.ballot, since=each.since, age=age)
        names.append(name)
    announced = [
        Announcement(f"To decide: {each.ballot.name}")
        for each in shown
        if not each.ballot.decisions
    ]
    return View(fragments, {"waiting": tuple(names)}, tuple(announced))
