"""The words a channel is given, within its lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.alert import Alert

SHORT_BODY = 1_000
"""A service that takes fewer characters, such as SMS, is given the line alone, without proof."""

DIGEST_LINES_MAX = 50
"""Lines of one digest; what is beyond is counted, and stands on the page."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message: the line that can be filed, and what stands behind it."""

    title: str
    body: str


def compose(alerts: Sequence[Alert], title_max: int, body_max: int) -> Text:
    """Returns one alert, or several as one digest, for a service with these lengths.

    `title_max` is 0 for services without titles; then all stands in the body. Lines that are
    cut end with an ellipsis.
    """
    lines = [line(alert) for alert in alerts]
    if len(lines) == 1:
        proof = alerts[0].proof if body_max > SHORT_BODY else ()
        return fit([lines[0], *proof], title_max, body_max)
    more = len(lines) - DIGEST_LINES_MAX
    beyond = [f"and {more} more"] if more > 0 else []
    return fit([f"{len(lines)} alerts", *lines[:DIGEST_LINES_MAX], *beyond], title_max, body_max)


def fit(lines: Sequence[str], title_max: int, body_max: int) -> Text:
    """Returns lines as a message: the first is the title where the service has titles."""
    title, *rest = lines
    if title_max:
        return Text(_cut(title, title_max), _cut("\n".join(rest) or title, body_max))
    return Text("", _cut("\n".join(lines), body_max))


def line(alert: Alert) -> str:
    """Returns the alert's line, marked where it is a rehearsal."""
    return f"REHEARSAL: {alert.text}" if alert.mode == "rehearsal" else alert.text


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
