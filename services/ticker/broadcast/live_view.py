"""A view of the night as it is shown now, and the last steps that led there."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import orjson

STEPS_MAX: Final = 256
"""Changes of one view kept for resuming: hours of a council, minutes of a whole busy night.
Whoever was away for longer gets the view as a whole."""


@dataclass(frozen=True, slots=True)
class View:
    """A page's changing parts: HTML by element id, and the order of the lists among them.

    The list named by a key of `orders` has exactly those elements, in that order.
    """

    fragments: dict[str, str] = field(default_factory=dict)
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sayings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    before: str
    frame: bytes


class Channel:
    """One view, rendered once for everybody who looks at it.

    `at` is the feed id at which it last changed, which is the event id that pages resume from.
    """

    def __init__(self, view: View, at: str) -> None:
        self.view = view
        self.at = at
        self.current = True
        self._steps: deque[_Step] = deque(maxlen=STEPS_MAX)

    def show(self, view: View, at: str) -> bytes | None:
        """Takes the view's next state; returns the event that tells pages, None if unchanged."""
        self.current = True
        before, self.view = self.view, view
        changed = {
            name: html
            for name, html in view.fragments.items()
            if before.fragments.get(name) != html
        }
        orders = {name: ids for name, ids in view.orders.items() if before.orders.get(name) != ids}
        if not changed and not orders:
            return None
        said = set(before.sayings)
        fresh = [saying for saying in view.sayings if saying not in said]
        frame = _frame("change", at, {"replace": changed, "orders": orders, "say": fresh})
        self._steps.append(_Step(self.at, frame))
        self.at = at
        return frame

    def after(self, feed_id: str) -> list[bytes]:
        """Returns the events that bring a page from an id to now; the whole view if need be."""
        if feed_id == self.at:
            return []
        steps = list(self._steps)
        for place, step in enumerate(steps):
            if step.before == feed_id:
                return [later.frame for later in steps[place:]]
        whole = {"replace": self.view.fragments, "orders": self.view.orders, "say": []}
        return [_frame("whole", self.at, whole)]


def _frame(event: str, feed_id: str, data: dict[str, object]) -> bytes:
    """Returns a server-sent event. orjson writes no line breaks, so one data field holds it."""
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (
        feed_id.encode(),
        event.encode(),
        orjson.dumps(data),
    )
