"""The subscribers of all streams of this process, up to a limit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

from services.ticker.broadcast.subscriber import Subscriber

CLIENTS_MAX: Final = 4_000
"""Streams of one process: twice the two thousand it is measured with. One more is refused."""

HEARTBEAT_S: Final = 15.0
"""Proxies cut connections that are silent for 30 to 60 seconds; half of the shorter is safe."""

HEARTBEAT: Final = b"event: beat\ndata: {}\n\n"


class TooManySubscribersError(Exception):
    """One process serves no more streams than are open already."""


class Subscribers:
    """The subscribers of all streams of this process, by topic."""

    def __init__(self, clients_max: int = CLIENTS_MAX) -> None:
        self._clients_max = clients_max
        self._by_topic: dict[str, set[Subscriber]] = {}
        self._count = 0
        self._closed = False

    def __len__(self) -> int:
        return self._count

    def add(self, topic: str, subscriber: Subscriber) -> None:
        """Adds a subscriber to a topic. Raises TooManySubscribersError at the limit."""
        if self._count >= self._clients_max:
            raise TooManySubscribersError(
                f"{self._count} streams are open, the most one process serves"
            )
        self._by_topic.setdefault(topic, set()).add(subscriber)
        self._count += 1
        if self._closed:
            # The request was still waiting when the process was asked to stop.
            subscriber.close()

    def remove(self, topic: str, subscriber: Subscriber) -> None:
        """Removes a subscriber. Raises KeyError if it was not added."""
        group = self._by_topic[topic]
        group.remove(subscriber)
        self._count -= 1
        if not group:
            del self._by_topic[topic]

    def of(self, topic: str) -> Iterator[Subscriber]:
        """Returns the subscribers of a topic. None may be added or removed during iteration."""
        return iter(self._by_topic.get(topic, ()))

    def has(self, topic: str) -> bool:
        """Returns whether a topic has any subscriber."""
        return topic in self._by_topic

    def broadcast(self, frame: bytes) -> None:
        """Queues one encoded event for every subscriber of every topic."""
        for subscriber in self._all():
            subscriber.enqueue(frame)

    def close(self) -> None:
        """Ends every stream, and every later one at once, so that the process can stop."""
        self._closed = True
        for subscriber in self._all():
            subscriber.close()

    async def keep_alive(self) -> None:
        """Sends a heartbeat to every stream at each interval, and ends those that are stuck.

        Runs until cancelled.
        """
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            now = clock()
            for subscriber in self._all():
                subscriber.abort_if_stuck(now)
            self.broadcast(HEARTBEAT)

    def _all(self) -> Iterator[Subscriber]:
        for group in self._by_topic.values():
            yield from group
