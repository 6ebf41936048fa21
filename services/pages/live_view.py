"""The changing parts of a page as they are now, and the changes that led there."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson

from services.pages.announcement import Announcement
from services.pages.inner_parts import changed_parts
from services.pages.list_moves import Move, moves

CHANGES_MAX: Final = 256
"""Changes of one view kept for resuming: hours of a council, minutes of a whole busy night.
A page that was away for longer gets the whole view."""


@dataclass(frozen=True, slots=True)
class View:
    """A page's changing parts: HTML by element id, and the order of the lists among them.

    The list named by a key of `orders` has exactly those elements, in that order.
    `announcements` are what a screen reader reads out when it first appears.
    """

    fragments: dict[str, str] = field(default_factory=dict)
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    announcements: tuple[Announcement, ...] = ()


@dataclass(frozen=True, slots=True)
class _Change:
    """One event, and the id of the event that it follows."""

    follows: str
    frame: bytes


class LiveView:
    """One view, rendered once for all pages that show it.

    `at` is the feed id at which it last changed, which is the event id that pages resume from.
    `is_current` is false while the view has to be rendered again.
    """

    def __init__(self, view: View, at: str) -> None:
        self.view = view
        self.at = at
        self.is_current = True
        self._changes: deque[_Change] = deque(maxlen=CHANGES_MAX)
        self._whole = b""

    def update(self, view: View, at: str) -> bytes | None:
        """Replaces the view. Returns the event that updates pages, or None if nothing changed."""
        self.is_current = True
        before, self.view = self.view, view
        changed = _changed(before.fragments, view.fragments)
        orders, made = _reordered(before.orders, view.orders)
        if not changed and not orders and not made:
            return None
        announced = set(before.announcements)
        new = [each.sent() for each in view.announcements if each not in announced]
        data = {"replace": changed, "orders": orders, "moves": made, "say": new}
        frame = _frame("change", at, data)
        self._changes.append(_Change(self.at, frame))
        self.at = at
        self._whole = b""
        return frame

    def after(self, feed_id: str) -> list[bytes]:
        """Returns the events that bring a page from an id up to date.

        If the changes since then are no longer known, that is one event with the whole view.
        """
        if feed_id == self.at:
            return []
        changes = list(self._changes)
        for place, change in enumerate(changes):
            if change.follows == feed_id:
                return [later.frame for later in changes[place:]]
        if not self._whole:
            orders = self.view.orders
            everything = {"replace": self.view.fragments, "orders": orders, "moves": {}, "say": []}
            self._whole = _frame("whole", self.at, everything)
        return [self._whole]


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Returns the elements that differ, by id: of a fragment with parts, only those that do."""
    changed: dict[str, str] = {}
    for name, html in after.items():
        was = before.get(name)
        if was == html:
            continue
        parts = changed_parts(was, html) if was is not None else None
        changed |= {name: html} if parts is None else parts
    return changed


def _reordered(
    before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, tuple[str, ...]], dict[str, list[Move]]]:
    """Returns the lists that differ: whole, or by what moves in them where that is shorter."""
    orders: dict[str, tuple[str, ...]] = {}
    made: dict[str, list[Move]] = {}
    for name, ids in after.items():
        was = before.get(name)
        if was == ids:
            continue
        found = [] if was is None else moves(was, ids)
        # A move names two elements.
        if was is None or 2 * len(found) > len(ids):
            orders[name] = ids
        else:
            made[name] = found
    return orders, made


def _frame(event: str, feed_id: str, data: dict[str, object]) -> bytes:
    """Returns a server-sent event. orjson writes no line breaks, so one data field holds it."""
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (
        feed_id.encode(),
        event.encode(),
        orjson.dumps(data),
    )
