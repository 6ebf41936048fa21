"""The words a channel is given, within its lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.notifier.notice import Notice
from services.notifier.schedule import DIGEST_MAX

SHORT_BODY = 1_000
"""A service that takes fewer characters, such as SMS, is given the line alone, without proof."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message: the line that can be filed, and what stands behind it."""

    title: str
    body: str


def compose(notices: Sequence[Notice], title_max: int, body_max: int, page_url: str = "") -> Text:
    """Returns one notice, or several as one digest, for a service with these lengths.

    `title_max` is 0 for services without titles; then all stands in the body. Lines that are
    cut end with an ellipsis. A notice on its own has its proof and a link to its council's
    page, where the service takes as much.
    """
    lines = [line(notice) for notice in notices]
    if len(lines) == 1:
        behind = (*notices[0].proof, *_link(notices[0], page_url))
        return fit([lines[0], *(behind if body_max > SHORT_BODY else ())], title_max, body_max)
    more = len(lines) - DIGEST_MAX
    beyond = [f"and {more} more"] if more > 0 else []
    return fit([f"{len(lines)} alerts", *lines[:DIGEST_MAX], *beyond], title_max, body_max)


def fit(lines: Sequence[str], title_max: int, body_max: int) -> Text:
    """Returns lines as a message: the first is the title where the service has titles."""
    title, *rest = lines
    if title_max:
        return Text(_cut(title, title_max), _cut("\n".join(rest) or title, body_max))
    return Text("", _cut("\n".join(lines), body_max))


def line(notice: Notice) -> str:
    """Returns the notice's line, marked where it is a rehearsal."""
    return f"REHEARSAL: {notice.line}" if notice.mode == "rehearsal" else notice.line


def _link(notice: Notice, page_url: str) -> tuple[str, ...]:
    if not page_url or not notice.council:
        return ()
    return (f"{page_url.rstrip('/')}/councils/{notice.council}",)


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    # One character outside of GSM 03.38, as "…" is, makes a text message three.
    end = "..." if most <= SHORT_BODY else "…"
    return f"{text[: most - len(end)].rstrip()}{end}"
