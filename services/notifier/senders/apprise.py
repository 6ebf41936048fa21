"""Everything that Apprise can send to: email, Slack, SMS, push, the console and many others."""

from __future__ import annotations

import asyncio
import functools
import re
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import apprise
from apprise.conversion import convert_between
from apprise.decorators import notify

from services.notifier.channels import Channel
from services.notifier.notice import Notice
from services.notifier.senders.inert import inert
from services.notifier.senders.message_text import Text, compose, fit, html_of
from services.notifier.senders.receivers import open_receivers
from services.notifier.senders.redaction import redacted
from services.notifier.senders.sender import Failure, SendError, failure_of

TIMEOUT_S = 60.0
"""How long one message may take; a slow mail server takes about twenty seconds."""

THREADS = {
    "mailto://": "+References=<{about}@livecount>",
    "mailtos://": "+References=<{about}@livecount>",
    "gchat://": "thread={about}",
}
"""How a URL names a thread, for the services whose threads can be named before their first message:
a mail header (RFC 5322, 3.6.4: messages that refer to the same one belong together), and the
thread key of Google Chat, which starts the thread if there is none."""

TITLE_SEPARATOR_LENGTH = 2
"""Characters that Apprise puts between title and body if the service has one text for both."""

CONSOLE_SCHEME = "console://"

MAIL_SCHEMES = frozenset(
    ("mailto", "mailtos", "mailgun", "o365", "resend", "sendgrid", "ses", "smtp2go", "sparkpost")
)
"""Services that send mail. In HTML a table stays one in any font; other services that take HTML,
such as Telegram, refuse tables."""

_STATUS = re.compile(r"\berror=(\d{3})(?:\d\d)?\b")
"""How Apprise tells the HTTP status of an answer. ntfy adds two digits of its own."""


@notify(on="console", name="Console")  # type: ignore[no-untyped-call,untyped-decorator] # Apprise has no types
def _console(body: str, title: str, *_: Any, **__: Any) -> bool:
    """Prints the line on standard output, with its proof indented below."""
    lines = [title, *(f"    {each}" for each in body.splitlines() if each != title)]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    return True


class AppriseSender:
    """Sends to one receiver of an Apprise URL, one message at a time, in its own thread.

    `receiver` is its number in the URL, from 0 on. Raises UnknownServiceError.
    """

    concurrency = 1
    digests = True

    def __init__(self, channel: Channel, receiver: int = 0) -> None:
        self._url = channel.url
        self._page_url = channel.page_url
        self._receiver = receiver
        self._services = open_receivers(channel.url)[receiver]
        self._service = self._services[0]
        # A terminal and its log act on no mention, and there the mark against it would be seen.
        is_console = channel.url.casefold().startswith(CONSOLE_SCHEME)
        self._safe: Callable[[str], str] = str if is_console else inert
        # Its own thread, as Apprise blocks and a slow service must not hold up others.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"channel-{channel.name}")

    async def send(self, notices: Sequence[Notice], now: datetime) -> None:  # noqa: ARG002 -- Sender
        """Sends one message; raises SendError with the service's answer."""
        await self._notify(self.message(notices), threaded(self._url, notices))

    async def send_test(self, text: str, now: datetime) -> None:  # noqa: ARG002 -- Sender
        """Sends a test message; raises SendError likewise."""
        text_max = self._service.title_maxlen, self._service.body_maxlen
        await self._notify(fit([text], *text_max), self._url)

    async def close(self) -> None:
        """Ends the thread without waiting for a service that does not answer."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def message(self, notices: Sequence[Notice]) -> Text:
        """Returns the message for notices, as long as the service takes it.

        Some services have one text for title and body. For others Apprise marks characters that
        Markdown would read, which makes a text longer: it is cut until it fits.
        """
        title_max, body_max = self._service.title_maxlen, self._service.body_maxlen
        allowed = body_max
        while True:
            text = compose(notices, title_max, allowed, self._page_url, self._safe)
            length = self._length(text)
            if length <= body_max or allowed <= 1:
                return replace(text, html=self._html(notices))
            allowed = min(allowed - 1, len(text.body) * body_max // length)

    def _html(self, notices: Sequence[Notice]) -> str:
        """Returns the body of one notice as HTML; "" for a digest, and if the service takes none.

        A mail reader that asked for plain text (`format=text`) is given that.
        """
        html = apprise.NotifyFormat.HTML
        is_mail = self._url.partition("://")[0].casefold() in MAIL_SCHEMES
        if not is_mail or len(notices) != 1 or self._service.resolve_format(html) != html:
            return ""
        body = html_of(notices[0], self._page_url, self._safe)
        return body if len(body) <= self._service.body_maxlen else ""

    def _length(self, text: Text) -> int:
        """Returns the characters of a message that count towards the service's limit."""
        length = len(text.body)
        plain, markdown = apprise.NotifyFormat.TEXT, apprise.NotifyFormat.MARKDOWN
        if self._service.resolve_format(plain) == markdown:
            length = len(convert_between(plain, markdown, text.body))  # type: ignore[no-untyped-call] # as above
        if self._service.overflow_amalgamate_title and text.title:
            length += len(text.title) + TITLE_SEPARATOR_LENGTH
        return length

    async def _notify(self, text: Text, url: str) -> None:
        answers: list[str] = []
        services = self._services if url == self._url else open_receivers(url)[self._receiver]
        result = await asyncio.get_running_loop().run_in_executor(
            self._thread,
            functools.partial(
                services.notify,
                body=text.html or text.body,
                title=text.title,
                body_format=apprise.NotifyFormat.HTML if text.html else apprise.NotifyFormat.TEXT,
                timeout=TIMEOUT_S,
                log_callback=lambda entry, _: answers.append(entry.message),
            ),
        )
        if not result:
            detail = redacted(" ".join(answers), self._url) or "not taken"
            raise SendError(detail, _failure(answers))


def _failure(answers: Sequence[str]) -> Failure:
    """Returns what kind of failure Apprise's lines about one message tell of."""
    found = {failure_of(int(status)) for each in answers for status in _STATUS.findall(each)}
    return found.pop() if len(found) == 1 else "unavailable"


def threaded(url: str, notices: Sequence[Notice]) -> str:
    """Returns a channel's URL with the thread of its notices' council or night.

    A service without threads has none. A digest of several councils belongs to no thread. A URL
    that names a thread keeps it.
    """
    abouts = {notice.about for notice in notices}
    found = THREADS.get(f"{url.partition('://')[0].casefold()}://")
    if found is None or len(abouts) != 1 or "" in abouts:
        return url
    name, _, value = found.partition("=")
    joined = "&" if "?" in url else "?"
    if f"{name}=" in url.partition("?")[2]:
        return url
    return f"{url}{joined}{name}={quote(value.format(about=abouts.pop()))}"
