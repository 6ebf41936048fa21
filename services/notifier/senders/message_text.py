"""The text of a message, within the lengths that its service allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from services.notifier.notice import Notice
from services.notifier.schedule import DIGEST_MAX
from services.notifier.senders.message_table import table_html, table_lines

SHORT_BODY = 1_000
"""A service that takes no more characters, such as SMS, gets the line and nothing below it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message. Without a title, everything is in the body.

    `html` is the body for a mail reader; "" if there is none.
    """

    title: str
    body: str
    html: str = ""


def compose(
    notices: Sequence[Notice],
    title_max: int,
    body_max: int,
    page_url: str = "",
    safe: Callable[[str], str] = str,
) -> Text:
    """Returns the message for one notice, or for several as a digest.

    `title_max` and `body_max` are the characters that the service takes; `title_max` is 0 for a
    service without titles. Text that is too long is cut and ends with an ellipsis. A single
    notice has below it, unless the service takes only short messages, its paragraph, its table of
    seats, its proof, a link to the page of its council or night, and one to its certificate if it
    has one. `safe` is applied to all text
    that others have written, before it is cut.
    """
    lines = [safe(marked_line(notice)) for notice in notices]
    if len(lines) == 1:
        below = (
            *filter(None, [safe(notices[0].paragraph)]),
            *table_lines(notices[0].seats, safe),
            *map(safe, notices[0].proof),
            *_link(notices[0], page_url),
        )
        return fit([lines[0], *(below if body_max > SHORT_BODY else ())], title_max, body_max)
    more = len(lines) - DIGEST_MAX
    beyond = [f"and {more} more"] if more > 0 else []
    return fit([f"{len(lines)} alerts", *lines[:DIGEST_MAX], *beyond], title_max, body_max)


def fit(lines: Sequence[str], title_max: int, body_max: int) -> Text:
    """Returns lines as a message; the first is the title, if the service has titles."""
    title, *rest = lines
    if title_max:
        return Text(_cut(title, title_max), _cut("\n".join(rest) or title, body_max))
    return Text("", _cut("\n".join(lines), body_max))


def html_of(notice: Notice, page_url: str = "", safe: Callable[[str], str] = str) -> str:
    """Returns what stands below a notice's line as HTML, for a mail reader; all is escaped.

    A paragraph, the table of seats, the proof as a list, and the link to the page.
    """
    proof = "".join(f"<li>{escape(safe(fact))}</li>" for fact in notice.proof)
    links = [escape(link) for link in _link(notice, page_url)]
    parts = (
        f"<p>{escape(safe(notice.paragraph or notice.line))}</p>",
        table_html(notice.seats, safe),
        f"<ul>{proof}</ul>" if proof else "",
        *(f'<p><a href="{link}">{link}</a></p>' for link in links),
    )
    return "\n".join(filter(None, parts))


def marked_line(notice: Notice) -> str:
    """Returns the notice's line with its beat, marked first if it belongs to a rehearsal."""
    rehearsal = "REHEARSAL: " if notice.mode == "rehearsal" else ""
    beat = f"{notice.beat.upper()}: " if notice.beat else ""
    return f"{rehearsal}{beat}{notice.line}"


def _link(notice: Notice, page_url: str) -> tuple[str, ...]:
    if not page_url or not notice.about:
        return ()
    kind = "councils" if notice.council else "elections"
    site = page_url.rstrip("/")
    page = f"{site}/{kind}/{notice.about}"
    return (page, f"{site}/v1/alerts/{notice.id}/certificate") if notice.certificate else (page,)


def _cut(text: str, length_max: int) -> str:
    if len(text) <= length_max:
        return text
    # "…" is not in the SMS alphabet (GSM 03.38): with it, a text message would be sent as three.
    end = "..." if length_max <= SHORT_BODY else "…"
    return f"{text[: length_max - len(end)].rstrip()}{end}"
