"""Everything that Apprise can send to: email, Slack, SMS, push, the console and many others."""

from __future__ import annotations

import asyncio
import functools
import logging
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from urllib.parse import quote

import apprise
from apprise.decorators import notify

from services.notifier.channels import Channel
from services.notifier.notice import Notice
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

DETAIL_LENGTH_MAX = 300
"""Characters of the service's answer that are recorded."""


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
        service = self._services[0]
        self._title_max: int = service.title_maxlen
        self._body_max: int = service.body_maxlen
        # Its own thread, as Apprise blocks and a slow service must not hold up others.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"channel-{channel.name}")

    async def send(self, notices: Sequence[Notice], now: datetime) -> None:  # noqa: ARG002 -- Sender
        """Sends one message; raises SendError with the service's answer."""
        text = compose(notices, self._title_max, self._body_max, self._page_url)
        await self._notify(text, threaded(self._url, notices))

    async def send_test(self, text: str, now: datetime) -> None:  # noqa: ARG002 -- Sender
        """Sends a test message; raises SendError likewise."""
        await self._notify(fit([text], self._title_max, self._body_max), self._url)

    async def close(self) -> None:
        """Ends the thread without waiting for a service that does not answer."""
        self._thread.shutdown(wait=False, cancel_futures=True)

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
            detail = redacted(" ".join(answers), self._url)
            raise SendError(detail[:DETAIL_LENGTH_MAX] or "not taken")


def _opened(url: str) -> apprise.Apprise:
    services = apprise.Apprise()
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
