"""The views of one election's pages: rendered once each, and updated while anybody looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from services.pages.live_view import LiveView, View
from services.ticker.broadcast.delivery import Delivery
from services.ticker.broadcast.frame import Frame
from services.ticker.broadcast.page_key import (
    BrokenPageError,
    PageKey,
    UnknownPageError,
    page_key_text,
    shows_any,
)
from services.ticker.broadcast.subscribers import Subscribers
from services.ticker.broken import report
from services.ticker.feed.election_state import ElectionState

LIVE_VIEWS_MAX: Final = 2_000
"""Views kept rendered: every council of a night, and the wards whose pages are open."""

BROKEN: Final = Frame(
    b'event: closed\ndata: {"reason":"broken","detail":"This page cannot be shown at present."}\n\n'
)

NOT_RENDERED: Final = (
    "There is a fault in what is stored of this page, or in the ticker. The ticker's log says more."
)

Render = Callable[[ElectionState, PageKey], View]


class ElectionViews:
    """The views of one election. A view that cannot be rendered loses itself and nothing else."""

    def __init__(self, election: str, subscribers: Subscribers, render: Render) -> None:
        self._election = election
        self._subscribers = subscribers
        self._render = render
        self._live_views: dict[PageKey, LiveView] = {}
        self._broken: dict[PageKey, str] = {}

    def topic(self, key: PageKey) -> str:
        """Returns the topic of a view's subscribers."""
        return f"view {self._election} {page_key_text(key)}"

    def have_streams(self) -> bool:
        """Returns whether anybody looks at one of the pages."""
        return any(self._subscribers.has(topic) for topic in self.topics())

    def topics(self) -> list[str]:
        """Returns the topics of all views that are kept."""
        return [self.topic(key) for key in self._live_views]

    def get(self, key: PageKey, state: ElectionState) -> LiveView:
        """Returns a view, rendered again first if it is out of date.

        Raises UnknownPageError if there is no such council or ward, and BrokenPageError if it
        cannot be shown.
        """
        live_view = self._live_views.get(key)
        if live_view is None:
            live_view = LiveView(self._rendered(key, state), state.at)
            self._evict()
            self._live_views[key] = live_view
        elif not live_view.is_current:
            live_view.update(self._rendered(key, state), state.at)
        return live_view

    def invalidate(self, councils: set[str]) -> None:
        """Marks the views that show any of these councils to be rendered again."""
        for key, live_view in self._live_views.items():
            if shows_any(key, councils):
                live_view.is_current = False
        for key in [key for key in self._broken if shows_any(key, councils)]:
            del self._broken[key]

    def update_shown(self, state: ElectionState) -> list[Delivery]:
        """Renders the outdated views that have subscribers, and returns what they are to be sent.

        The streams of a view that cannot be rendered are ended.
        """
        deliveries: list[Delivery] = []
        for key, live_view in list(self._live_views.items()):
            topic = self.topic(key)
            if live_view.is_current or not self._subscribers.has(topic):
                continue
            try:
                events = live_view.update(self._rendered(key, state), state.at)
            except (BrokenPageError, UnknownPageError):
                del self._live_views[key]
                self._end(topic)
                continue
            if events is not None:
                deliveries.append(Delivery(Frame(events), tuple(self._subscribers.of(topic))))
        return deliveries

    def _end(self, topic: str) -> None:
        for subscriber in self._subscribers.of(topic):
            subscriber.enqueue(BROKEN)
            subscriber.close()

    def _rendered(self, key: PageKey, state: ElectionState) -> View:
        """Returns a page as it is now. One that failed is not tried again before it changes."""
        if key in self._broken:
            raise BrokenPageError(self._broken[key])
        try:
            return self._render(state, key)
        except UnknownPageError:
            raise
        except Exception as error:
            report("page", self.topic(key), error)
            is_explained = isinstance(error, BrokenPageError)
            self._broken[key] = str(error) if is_explained else NOT_RENDERED
            raise BrokenPageError(self._broken[key]) from error

    def _evict(self) -> None:
        """Drops the oldest view without subscribers if there are LIVE_VIEWS_MAX already."""
        if len(self._live_views) < LIVE_VIEWS_MAX:
            return
        for key in list(self._live_views):
            if not self._subscribers.has(self.topic(key)):
                del self._live_views[key]
                return
