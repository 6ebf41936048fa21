"""Origins: the declaration that an alert, or a change on a page, follows from.

It travels beside what is said and never in it: in the headers of Kafka's messages, and in fields
of the feed. So the same log gives the same alerts, whenever it is counted and whoever traces it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

from schemas.envelope import DECLARATION_MS, TRACEPARENT, Headers
from services.platform.metrics import DECLARATION_SECONDS

Place = Literal["alert", "channel", "browsers", "page"]
"""Where news of a declaration arrives: in Kafka as an alert, at a channel of the notifier, in the
browsers that push notifies, and on the ticker's open pages."""

FEED_MS: Final = "declaration_ms"
FEED_TRACEPARENT: Final = "traceparent"
"""The fields of a feed's entry."""

_DIGITS: Final = re.compile(rb"[0-9]{1,15}")
_TRACEPARENT: Final = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
"""W3C Trace Context, level 1, section 3.2."""


class Origin(NamedTuple):
    """When Kafka had a declaration, and where it is in a trace.

    `declaration_ms` are milliseconds since 1970 by the broker's clock. `traceparent` is that of
    the span that something follows from (W3C Trace Context), and blank if it is not traced.
    """

    declaration_ms: int
    traceparent: str = ""

    def headers(self) -> Headers:
        """Returns the origin as headers of a Kafka message."""
        found = [(DECLARATION_MS, b"%d" % self.declaration_ms)]
        if self.traceparent:
            found.append((TRACEPARENT, self.traceparent.encode()))
        return found


def of_message(headers: Iterable[tuple[str, bytes]]) -> Origin | None:
    """Returns the origin that a message's headers carry; None without one that can be read.

    Never raises: what cannot be measured is told all the same.
    """
    found = dict(headers)
    return _origin(found.get(DECLARATION_MS), found.get(TRACEPARENT))


def of_entry(fields: Mapping[bytes, bytes]) -> Origin | None:
    """Returns the origin that the fields of a feed's entry carry, as `of_message` does."""
    return _origin(fields.get(FEED_MS.encode()), fields.get(FEED_TRACEPARENT.encode()))


def traceparent_of(headers: Iterable[tuple[str, bytes]]) -> str:
    """Returns the `traceparent` among a message's headers; blank if none that can be read."""
    for name, value in headers:
        if name == TRACEPARENT:
            return _traceparent(value)
    return ""


def arrived(at: Place, origin: Origin | None, now_s: float) -> None:
    """Measures how long after a declaration the news of it arrived; nothing without an origin.

    `now_s` are seconds since 1970. A clock that is behind the broker's gives 0.
    """
    if origin is not None:
        waited_s = now_s - origin.declaration_ms / 1_000
        DECLARATION_SECONDS.labels(at).observe(max(waited_s, 0.0))


def _origin(declaration_ms: bytes | None, traceparent: bytes | None) -> Origin | None:
    if declaration_ms is None or not _DIGITS.fullmatch(declaration_ms):
        return None
    return Origin(int(declaration_ms), _traceparent(traceparent))


def _traceparent(value: bytes | None) -> str:
    return value.decode() if value and _TRACEPARENT.fullmatch(value) else ""
