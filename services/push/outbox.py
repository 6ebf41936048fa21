"""The outbox: hands a message to the lanes of all who want it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from random import Random
from typing import Final

from services.platform.failpoints import failpoint
from services.platform.metrics import PUSH_MESSAGES
from services.platform.push_services import PushServices
from services.push.lane import Lane, Telling
from services.push.message import Message
from services.push.sender import Outcome, Sender
from services.push.subscriptions import Subscriptions

TOLD_AT_ONCE: Final = 250
"""Browsers that are handed to lanes before the event loop does its other work: some 2 ms."""


class Outbox:
    """One lane for each push service of the settings. Never waits for a push service."""

    def __init__(  # noqa: PLR0913 -- all that it works with, named by the caller
        self,
        subscriptions: Subscriptions,
        sender: Sender,
        services: Sequence[str],
        on_gone: Callable[[str], Awaitable[None]],
        *,
        now: Callable[[], datetime],
        random: Random,
    ) -> None:
        self._subscriptions = subscriptions
        self._sender = sender
        self._of = PushServices(" ".join(services)).of
        self._lanes = {
            name: Lane(name, self._send, on_gone, now=now, random=random) for name in services
        }

    def runs(self) -> list[Coroutine[None, None, None]]:
        """Returns what sends the messages of each lane; each ends after `stop`."""
        return [lane.run() for lane in self._lanes.values()]

    def stop(self) -> None:
        """Has every lane end once its requests under way are answered."""
        for lane in self._lanes.values():
            lane.stop()

    async def tell(
        self, message: Message, identifiers: Sequence[str], on_done: Callable[[], None]
    ) -> None:
        """Hands a message to the lanes of these browsers; `on_done` is called after the last.

        Returns before anything is sent.
        """
        if not identifiers:
            on_done()
            return
        telling = Telling(message, len(identifiers), on_done)
        for number, identifier in enumerate(identifiers, 1):
            found = self._subscriptions.get(identifier)
            lane = self._lanes.get(self._of(found.endpoint) or "") if found is not None else None
            if lane is None:
                PUSH_MESSAGES.labels("refused" if found is not None else "gone").inc()
                telling.one_less()
            else:
                lane.add(identifier, telling)
            if number % TOLD_AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _send(self, identifier: str, message: Message) -> Outcome:
        found = self._subscriptions.get(identifier)
        if found is None:
            # It was ended while this waited.
            return Outcome("gone")
        outcome = await self._sender.send(found, message)
        if outcome.result == "accepted":
            failpoint("push.sent")
        return outcome
