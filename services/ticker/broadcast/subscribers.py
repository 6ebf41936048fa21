"""The subscribers of all streams of this process, up to a limit that addresses share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

from services.platform.connections import FullLog
from services.ticker.broadcast.delivery import Delivery, deliver
from services.ticker.broadcast.frame import Frame
from services.ticker.broadcast.subscriber import Subscriber

CLIENTS_MAX: Final = 15_000
"""Streams of one process: as many as it is measured with. One more is refused."""

DESK_CLIENTS_MAX: Final = 32
"""Streams of the desk page, beside the others, so that readers cannot take the places of the
producers. A newsroom has a handful of them."""

HEARTBEAT_S: Final = 15.0
"""Proxies cut connections that are silent for 30 to 60 seconds; half of the shorter is safe."""

HEARTBEAT: Final = Frame(b"event: beat\ndata: {}\n\n")


class TooManySubscribersError(Exception):
    """One process serves no more streams than are open already."""


class Subscribers:
    """The subscribers of all streams of this process, by topic.

    While places are free anybody gets one. Once all are taken, an address that has less than an
    equal share of them gets one that the address with most gives up: so one address can take
    neither all places nor those of readers behind a large network's one address.
    """

    def __init__(self, clients_max: int = CLIENTS_MAX) -> None:
        self._clients_max = clients_max
        self._by_topic: dict[str, set[Subscriber]] = {}
        # Of each address, the newest is last.
        self._by_address: dict[str, dict[Subscriber, str]] = {}
        self._of_desk: set[Subscriber] = set()
        self._count = 0
        self._closed = False
        self._full_log = FullLog("streams", clients_max)

    def __len__(self) -> int:
        return self._count + len(self._of_desk)

    def add(self, topic: str, subscriber: Subscriber) -> None:
        """Adds a subscriber to a topic.

        Raises TooManySubscribersError if all places are taken and its address has its share.
        """
        if self._count >= self._clients_max:
            self._full_log.full()
            self._displace_for(subscriber.address)
        self._by_address.setdefault(subscriber.address, {})[subscriber] = topic
        self._count += 1
        self._listen(topic, subscriber)

    def add_to_desk(self, topic: str, subscriber: Subscriber) -> None:
        """Adds a subscriber of the desk page, for which places are kept.

        Raises TooManySubscribersError if DESK_CLIENTS_MAX are open.
        """
        if len(self._of_desk) >= DESK_CLIENTS_MAX:
            raise TooManySubscribersError(
                f"{DESK_CLIENTS_MAX} desk pages are open, the most one process serves"
            )
        self._of_desk.add(subscriber)
        self._listen(topic, subscriber)

    def _listen(self, topic: str, subscriber: Subscriber) -> None:
        self._by_topic.setdefault(topic, set()).add(subscriber)
        if self._closed:
            # The request was still waiting when the process was asked to stop.
            subscriber.close()

    def _displace_for(self, address: str) -> None:
        addresses = len(self._by_address.keys() | {address})
        share = self._clients_max // addresses
        if len(self._by_address.get(address, ())) >= share:
            raise TooManySubscribersError(
                f"{self._count} streams are open, the most one process serves"
            )
        # All places are taken and one address has less than its share, so another has more.
        most = max(self._by_address.values(), key=len)
        newest = next(reversed(most))
        self.remove(most[newest], newest)
        newest.displace()

    def remove(self, topic: str, subscriber: Subscriber) -> None:
        """Removes a subscriber, which may have been displaced already."""
        group = self._by_topic.get(topic, set())
        if subscriber not in group:
            return
        group.remove(subscriber)
        if not group:
            del self._by_topic[topic]
        if subscriber in self._of_desk:
            self._of_desk.remove(subscriber)
            return
        of_address = self._by_address[subscriber.address]
        del of_address[subscriber]
        if not of_address:
            del self._by_address[subscriber.address]
        self._count -= 1
        self._full_log.taken(self._count)

    def remark(self) -> str:
        """Returns what whoever runs the process should know of its streams, empty if nothing."""
        remarks = []
        if self._clients_max < CLIENTS_MAX:
            remarks.append(
                f"room for {self._clients_max} streams instead of {CLIENTS_MAX}, as the system"
                " allows too few open files"
            )
        if self._count >= self._clients_max:
            remarks.append(
                f"all {self._count} streams are taken; further readers have pages that do not"
                " change by themselves"
            )
        return "; ".join(remarks)

    def of(self, topic: str) -> Iterator[Subscriber]:
        """Returns the subscribers of a topic. None may be added or removed during iteration."""
        return iter(self._by_topic.get(topic, ()))

    def has(self, topic: str) -> bool:
        """Returns whether a topic has any subscriber."""
        return topic in self._by_topic

    async def broadcast(self, frame: Frame) -> None:
        """Sends one encoded event to every subscriber of every topic."""
        await deliver([Delivery(frame, tuple(self._all()))])

    def close(self) -> None:
        """Ends every stream, and every later one at once, so that the process can stop."""
        self._closed = True
        for subscriber in self._all():
            subscriber.close()

    async def keep_alive(self) -> None:
        """Sends a heartbeat to every stream at each interval. Runs until cancelled."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self.broadcast(HEARTBEAT)

    def _all(self) -> Iterator[Subscriber]:
        for group in self._by_topic.values():
            yield from group
