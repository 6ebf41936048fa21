"""A lane: the messages that wait for one push service, so that it holds up no other."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Final

import structlog

from services.notifier.senders.backoff import pause_s
from services.platform.metrics import PUSH_MESSAGES, PUSH_WAITING
from services.push.message import Message
from services.push.sender import Outcome

AT_ONCE: Final = 32
"""Requests to one push service at the same time. More do not help one process: encrypting is what
takes its time."""

WAITING_MAX: Final = 200_000
"""Messages that wait for one push service, some 40 MB. Beyond that the oldest is given up: no
reader of another service waits, and what is newer is rather news."""

ATTEMPTS_MAX: Final = 8
"""Attempts at one message, over a minute or more. While a whole service pauses none are made, so
that an outage of an hour costs few messages."""

RETRY_AFTER_MAX_S: Final = 600.0
"""The longest Retry-After that is waited for; a service that asks for more is tried after this."""

FAILURES_MAX: Final = 16
"""Failures in a row, with nothing accepted between them, after which the whole service pauses: it
is away, and not one browser's mailbox full."""


@dataclass(slots=True, eq=False)
class Telling:
    """One message on its way to many: how many still wait for it, and what is done then."""

    message: Message
    left: int
    on_done: Callable[[], None]

    def one_less(self) -> None:
        """Notes that one browser does not wait for it any more."""
        self.left -= 1
        if self.left == 0:
            self.on_done()


@dataclass(slots=True, eq=False)
class _Waiting:
    telling: Telling
    attempts: int = 0


Send = Callable[[str, Message], Awaitable[Outcome]]
"""Sends a message to the browser with an id."""

log = structlog.get_logger(__name__)


class Lane:
    """Sends each browser its messages in their order, and different browsers' side by side.

    A message that was not accepted is tried again after a pause, in which only that browser waits;
    if the service answers nobody, all of them do. A withdrawal takes the place of what it withdraws
    if that was not tried yet. `on_gone` is called for a browser that has ended its subscription.
    """

    def __init__(  # noqa: PLR0913 -- time, chance and what is done are passed in
        self,
        name: str,
        send: Send,
        on_gone: Callable[[str], Awaitable[None]],
        *,
        now: Callable[[], datetime],
        random: Random,
        waiting_max: int = WAITING_MAX,
    ) -> None:
        self._name = name
        self._send = send
        self._on_gone = on_gone
        self._now = now
        self._random = random
        self._waiting_max = waiting_max
        self._of: dict[str, deque[_Waiting]] = {}
        self._ready: deque[str] = deque()
        self._later: list[tuple[float, int, str]] = []
        self._busy: set[str] = set()
        self._tie = count()
        self._waiting = 0
        self._failures = 0
        self._refused = ("", "")
        self._paused_until_s = 0.0
        self._changed = asyncio.Event()
        self._is_stopping = False

    def __len__(self) -> int:
        return self._waiting

    def add(self, identifier: str, telling: Telling) -> None:
        """Adds a message for a browser, behind what waits for it already. Never waits."""
        queue = self._of.get(identifier)
        if queue is None:
            queue = self._of[identifier] = deque()
            self._ready.append(identifier)
        elif telling.message.is_withdrawal:
            self._supersede(identifier, queue, telling.message)
        queue.append(_Waiting(telling))
        self._count(1)
        if self._waiting > self._waiting_max:
            self._displace()
        self._changed.set()

    def stop(self) -> None:
        """Has `run` end once the requests under way are answered."""
        self._is_stopping = True
        self._changed.set()

    async def run(self) -> None:
        """Sends until `stop` is called."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(self._work())

    async def _work(self) -> None:
        while (identifier := await self._next()) is not None:
            self._busy.add(identifier)
            try:
                await self._send_first(identifier)
            finally:
                self._busy.discard(identifier)

    async def _next(self) -> str | None:
        """Returns the next browser to which something may be sent; waits until there is one.

        None once the lane is to stop.
        """
        loop = asyncio.get_running_loop()
        while not self._is_stopping:
            self._changed.clear()
            now_s = loop.time()
            while self._later and self._later[0][0] <= now_s:
                self._ready.append(heappop(self._later)[2])
            if self._ready and now_s >= self._paused_until_s:
                return self._ready.popleft()
            until_s = self._paused_until_s if self._ready else None
            if until_s is None and self._later:
                until_s = self._later[0][0]
            try:
                async with asyncio.timeout_at(until_s):
                    await self._changed.wait()
            except TimeoutError:
                continue
        return None

    async def _send_first(self, identifier: str) -> None:
        queue = self._of[identifier]
        waiting = queue[0]
        message = waiting.telling.message
        if message.seconds_left(self._now()) <= 0:
            self._finish(identifier, "late")
            return
        waiting.attempts += 1
        outcome = await self._send(identifier, message)
        match outcome.result:
            case "unavailable":
                self._after_failure(identifier, waiting, outcome)
            case "gone":
                self._failures = 0
                await self._on_gone(identifier)
                while len(queue) > 1:
                    queue.popleft().telling.one_less()
                    self._count(-1)
                self._finish(identifier, "gone")
            case _:
                self._failures = 0
                if outcome.result == "refused" and self._refused != (message.tag, outcome.detail):
                    # Once a message, as everybody may be refused for the same reason.
                    self._refused = (message.tag, outcome.detail)
                    log.warning("push service %s: %s", self._name, outcome.detail)
                self._finish(identifier, outcome.result)

    def _after_failure(self, identifier: str, waiting: _Waiting, outcome: Outcome) -> None:
        """Lets a browser wait, or gives its message up; lets all wait if nobody is answered."""
        now_s = asyncio.get_running_loop().time()
        self._failures += 1
        asked = min(outcome.retry_after_s or 0.0, RETRY_AFTER_MAX_S)
        if self._failures >= FAILURES_MAX and now_s >= self._paused_until_s:
            pause = pause_s(self._failures - FAILURES_MAX + 1, self._random, asked)
            self._paused_until_s = now_s + pause
            log.warning("push service %s: %s; pauses %.0f s", self._name, outcome.detail, pause)
        if waiting.attempts >= ATTEMPTS_MAX:
            self._finish(identifier, "failed")
            return
        due_s = now_s + pause_s(waiting.attempts, self._random, asked)
        heappush(self._later, (due_s, next(self._tie), identifier))
        self._changed.set()

    def _finish(self, identifier: str, outcome: str) -> None:
        """Notes how a browser's first message ended, and goes on to its next."""
        queue = self._of[identifier]
        waiting = queue.popleft()
        self._count(-1)
        PUSH_MESSAGES.labels(outcome).inc()
        if queue:
            self._ready.append(identifier)
            self._changed.set()
        else:
            del self._of[identifier]
        waiting.telling.one_less()

    def _supersede(self, identifier: str, queue: deque[_Waiting], message: Message) -> None:
        """Drops what a message withdraws, if no attempt at it was made."""
        for each in list(queue):
            is_first = each is queue[0] and identifier in self._busy
            if each.telling.message.tag == message.tag and not each.attempts and not is_first:
                self._drop(queue, each, "superseded")

    def _displace(self) -> None:
        """Gives up the first message of the browser whose turn would come next."""
        if self._ready:
            identifier = self._ready.popleft()
        elif self._later:
            identifier = heappop(self._later)[2]
        else:
            return
        queue = self._of[identifier]
        self._drop(queue, queue[0], "displaced")
        if queue:
            self._ready.append(identifier)
        else:
            del self._of[identifier]

    def _drop(self, queue: deque[_Waiting], dropped: _Waiting, outcome: str) -> None:
        queue.remove(dropped)
        self._count(-1)
        PUSH_MESSAGES.labels(outcome).inc()
        dropped.telling.one_less()

    def _count(self, more: int) -> None:
        self._waiting += more
        PUSH_WAITING.inc(more)
