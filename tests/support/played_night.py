"""A night's page and the changes that a ticker sends to it, for a browser without a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from playwright.async_api import Page, Route

from schemas.alert import Alert
from services.pages.assets import ASSETS, asset, asset_url
from services.pages.live_view import LiveView
from services.ticker.broadcast.page_key import NightPage, PageKey
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import Entry, milliseconds
from services.ticker.feed.parsing import parse_alert
from services.ticker.pages.document import PageFrame, document
from services.ticker.pages.render import render

SITE = "http://count.test"

FAKE_STREAM = """
window.EventSource = class {
  static CLOSED = 2;
  constructor() { this.readyState = 1; this.on = {}; window.stream = this; }
  addEventListener(name, work) { this.on[name] = work; }
  close() {}
};
window.deliver = (id, data) => window.stream.on.change({ lastEventId: id, data });
"""


NIGHT: Final = NightPage()


class PlayedNight:
    """The page of a night at some point of its feed, and the changes that come after it."""

    def __init__(
        self, election: str, entries: Sequence[Entry], begin: int, key: PageKey = NIGHT
    ) -> None:
        self._state = ElectionState(election)
        self._key = key
        moments = [list(each) for _, each in groupby(entries, lambda one: milliseconds(one.id))]
        for entry in (entry for moment in moments[:begin] for entry in moment):
            self._state.apply(entry)
        self._moments = moments[begin:]
        self._live_view = LiveView(render(self._state, key), self._state.at)

    def page(self) -> str:
        """Returns the page as a ticker would serve it now."""
        frame = PageFrame("night.html", SITE, is_wall=False, slider=None)
        view = self._live_view
        return document(frame, self._key, view.view, self._state, view.at).decode()

    def changes(self, limit: int) -> Iterator[tuple[str, str, list[Alert]]]:
        """Yields the changes of so many declarations: id, data, and the alerts they come with."""
        moments, self._moments = self._moments[:limit], self._moments[limit:]
        for moment in moments:
            for entry in moment:
                self._state.apply(entry)
            frame = self._live_view.update(render(self._state, self._key), self._state.at)
            alerts = [parse_alert(entry.data) for entry in moment if entry.kind == "alert"]
            if frame is not None:
                lines = dict(line.split(": ", 1) for line in frame.decode().strip().split("\n"))
                yield lines["id"], lines["data"], alerts

    async def open(self, page: Page) -> None:
        """Opens the page in a browser whose stream is fed by `deliver`."""
        await page.add_init_script(FAKE_STREAM)
        static = {asset_url(name): name for name in ASSETS}

        async def answer(route: Route) -> None:
            path = route.request.url.removeprefix(SITE)
            if path in static:
                kind = "text/css" if path.endswith(".css") else "text/javascript"
                await route.fulfill(body=asset(static[path]).decode(), content_type=kind)
            else:
                await route.fulfill(body=self.page(), content_type="text/html; charset=utf-8")

        await page.route(f"{SITE}/**", answer)
        await page.goto(f"{SITE}/")
        await page.evaluate("window.stream.on.open()")

    @staticmethod
    async def deliver(page: Page, change: tuple[str, str, list[Alert]]) -> None:
        """Gives an open page a change."""
        await page.evaluate("([id, data]) => window.deliver(id, data)", [change[0], change[1]])
