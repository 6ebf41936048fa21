"""Everything that Apprise reaches: email, Slack, SMS, push, the console and some hundred more."""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import apprise
from apprise.decorators import notify

from schemas.alert import Alert
from services.notifier.channels import Channel
from services.notifier.sender import SendError
from services.notifier.text import Text, compose, fit

TIMEOUT_S = 60.0
"""How long one message may take; a slow mail server takes some twenty seconds."""

DETAIL_LENGTH_MAX = 300
"""Characters of what the service said that are recorded."""


@notify(on="console", name="Console")  # type: ignore[no-untyped-call,untyped-decorator] # Apprise has no types
def _console(body: str, title: str, *_: Any, **__: Any) -> bool:
    """Prints the line, and what stands behind it indented, on standard output."""
    lines = [title, *(f"    {each}" for each in body.splitlines() if each != title)]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    return True


class UnknownServiceError(ValueError):
    """A URL of no service that Apprise knows."""


class AppriseSender:
    """Sends to one Apprise URL, one message at a time, in a thread of its own."""

    lanes = 1
    digests = True

    def __init__(self, channel: Channel) -> None:
        self._services = apprise.Apprise()
        if not self._services.add(channel.url):
            raise UnknownServiceError(
                "url: no service of Apprise, or incomplete; see Apprise's list of services"
            )
        service = self._services[0]
        self._title_max: int = service.title_maxlen
        self._body_max: int = service.body_maxlen
        # A thread of its own: Apprise blocks, and a slow service must not hold up others.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"channel-{channel.name}")

    async def send(self, alerts: Sequence[Alert], now: datetime) -> None:  # noqa: ARG002 -- Sender
        """Sends one message; raises SendError with what the service said."""
        await self._notify(compose(alerts, self._title_max, self._body_max))

    async def send_test(self, text: str, now: datetime) -> None:  # noqa: ARG002 -- Sender
        """Sends a test as a message; raises SendError likewise."""
        await self._notify(fit([text], self._title_max, self._body_max))

    async def close(self) -> None:
        """Ends the thread, without waiting for a service that hangs."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _notify(self, text: Text) -> None:
        said: list[str] = []
        result = await asyncio.get_running_loop().run_in_executor(
            self._thread,
            functools.partial(
                self._services.notify,
                body=text.body,
                title=text.title,
                body_format=apprise.NotifyFormat.TEXT,
                timeout=TIMEOUT_S,
                log_callback=lambda entry, _: said.append(entry.message),
            ),
        )
        if not result:
            raise SendError(" ".join(said)[:DETAIL_LENGTH_MAX] or "not taken")
