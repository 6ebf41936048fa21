"""Everything that Apprise can send to: email, Slack, SMS, push, the console and many others."""

from __future__ import annotations

import asyncio
import functools
import logging
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from urllib.parse import quote

import apprise
from apprise.conversion import convert_between
from apprise.decorators import notify

from services.notifier.channels import Channel
from services.notifier.notice import Notice
from services.notifier.senders.inert import inert
from services.notifier.senders.message_text import Text, compose, fit
from services.notifier.senders.redaction import redacted
from services.notifier.senders.sender import SendError

# Apprise's log lines can contain secrets of a URL. What matters in them is in SendError, redacted.
logging.getLogger("apprise").addHandler(logging.NullHandler())
logging.getLogger("apprise").propagate = False

TIMEOUT_S = 60.0
"""How long one message may take; a slow mail server takes about twenty seconds."""

THREADS = {
    "mailto://": "+References=<{council}@livecount>",
    "mailtos://": "+References=<{council}@livecount>",
    "gchat://": "thread={council}",
}
"""How a URL names a thread, for the services whose threads can be named before their first message:
a mail header (RFC 5322, 3.6.4: messages that refer to the same one belong together), and the
thread key of Google Chat, which starts the thread if there is none."""

TITLE_SEPARATOR_LENGTH = 2
"""Characters that Apprise puts between title and body if the service has one text for both."""

CONSOLE_SCHEME = "console://"


@notify(on="console", name="Console")  # type: ignore[no-untyped-call,untyped-decorator] # Apprise has no types
def _console(body: str, title: str, *_: Any, **__: Any) -> bool:
    """Prints the line on standard output, with its proof indented below."""
    lines = [title, *(f"    {each}" for each in body.splitlines() if each != title)]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    return True


class UnknownServiceError(ValueError):
    """A URL that Apprise does not know, or that lacks something."""


class AppriseSender:
    """Sends to one Apprise URL, one message at a time, in its own thread."""

    concurrency = 1
    digests = True

    def __init__(self, channel: Channel) -> None:
        self._url = channel.url
        self._page_url = channel.page_url
        self._services = _opened(channel.url)
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
                return text
            allowed = min(allowed - 1, len(text.body) * body_max // length)

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
        services = self._services if url == self._url else _opened(url)
        result = await asyncio.get_running_loop().run_in_executor(
            self._thread,
            functools.partial(
                services.notify,
                body=text.body,
                title=text.title,
                body_format=apprise.NotifyFormat.TEXT,
                timeout=TIMEOUT_S,
                log_callback=lambda entry, _: answers.append(entry.message),
            ),
        )
        if not result:
            raise SendError(redacted(" ".join(answers), self._url) or "not taken")


def cautions(url: str) -> list[str]:
    """Returns what makes an Apprise URL unsafe although it can be used, and what to do."""
    services = list(_added(url))
    found = []
    if any(not service.verify_certificate for service in services):
        found.append(
            "url: verify=no accepts any certificate, so whoever is between here and the receiver"
            " can read and change alerts; leave it out"
        )
    if any(service.redirects for service in services):
        found.append("url: redirect=yes has no effect; give the address that redirects lead to")
    return found


def _opened(url: str) -> apprise.Apprise:
    """Returns the services of a URL, which follow no redirect, whatever the URL asks for."""
    services = _added(url)
    for service in services:
        service.redirects = False
    return services


def _added(url: str) -> apprise.Apprise:
    # A redirect would lead an alert, and passwords in its headers, to an address nobody chose.
    services = apprise.Apprise(asset=apprise.AppriseAsset(http_redirects=False))
    if not services.add(url):
        raise UnknownServiceError(
            "url: no service of Apprise, or incomplete; see Apprise's list of services"
        )
    return services


def threaded(url: str, notices: Sequence[Notice]) -> str:
    """Returns a channel's URL with the thread of the notices' council, if its service has threads.

    A digest of several councils belongs to no thread. A URL that names a thread keeps it.
    """
    councils = {notice.council for notice in notices}
    found = THREADS.get(f"{url.partition('://')[0].casefold()}://")
    if found is None or len(councils) != 1 or "" in councils:
        return url
    name, _, value = found.partition("=")
    joined = "&" if "?" in url else "?"
    if f"{name}=" in url.partition("?")[2]:
        return url
    return f"{url}{joined}{name}={quote(value.format(council=councils.pop()))}"
