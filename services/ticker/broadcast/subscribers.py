"""Everybody who is connected to a stream, up to a limit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

from services.ticker.broadcast.subscriber import Listener

CLIENTS_MAX: Final = 4_000
"""Streams of one process: twice the two thousand it is measured with. One more is refused."""

HEARTBEAT_S: Final = 15.0
"""Proxies cut connections that are silent for 30 to 60 seconds; half of the shorter is safe."""

HEARTBEAT: Final = b"event: beat\ndata: {}\n\n"


class AudienceFullError(Exception):
    """There are as many streams as one process serves."""


class Audience:
    """The listeners of all streams of this process, by topic."""

    def __init__(self, clients_max: int = CLIENTS_MAX) -> None:
        self._clients_max = clients_max
        self._by_topic: dict[str, set[Listener]] = {}
        self._count = 0
        self._closed = False

    def __len__(self) -> int:
        return self._count

    def admit(self, topic: str, listener: Listener) -> None:
        """Adds a listener. Raises AudienceFullError at the limit."""
        if self._count >= self._clients_max:
            raise AudienceFullError(f"{self._count} streams are open, the most one process serves")
        self._by_topic.setdefault(topic, set()).add(listener)
        self._count += 1
        if self._closed:
            # A request that was still waiting when the process was told to stop.
            listener.close()

    def dismiss(self, topic: str, listener: Listener) -> None:
        """Removes a listener that was admitted."""
        listeners = self._by_topic[topic]
        listeners.remove(listener)
        self._count -= 1
        if not listeners:
            del self._by_topic[topic]

    def of(self, topic: str) -> Iterator[Listener]:
        """Returns the listeners of a topic. Nobody may come or go while it is walked."""
        return iter(self._by_topic.get(topic, ()))

    def has(self, topic: str) -> bool:
        """Tells whether anybody listens to a topic."""
        return topic in self._by_topic

    def tell_all(self, frame: bytes) -> None:
        """Offers one encoded event to everybody."""
        for listeners in self._by_topic.values():
            for listener in listeners:
                listener.offer(frame)

    def close(self) -> None:
        """Ends every stream, and those still to come, so that the process can stop."""
        self._closed = True
        for listeners in self._by_topic.values():
            for listener in listeners:
                listener.close()

    async def keep_alive(self) -> None:
        """Sends a beat to every stream at each interval, and ends those that are stuck.

        Runs until cancelled.
        """
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            now = clock()
            for listeners in self._by_topic.values():
                for listener in listeners:
                    listener.cut_if_stuck(now)
            self.tell_all(HEARTBEAT)
