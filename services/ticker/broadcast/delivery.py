"""Events on their way to many subscribers, in slices between which others are served."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.ticker.broadcast.frame import Frame
from services.ticker.broadcast.subscriber import Subscriber

SLICE: Final = 512
"""Subscribers that are written to without a pause: some 4 ms, so that a page waits no longer."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event, and all who are to have it: whoever subscribes later has been told already."""

    frame: Frame
    subscribers: tuple[Subscriber, ...]


async def deliver(deliveries: Iterable[Delivery]) -> None:
    """Sends events in their order. Other tasks run between slices of SLICE subscribers.

    Whoever awaits this before the next event keeps each subscriber's events in their order.
    """
    for each in deliveries:
        for begin in range(0, len(each.subscribers), SLICE):
            for subscriber in each.subscribers[begin : begin + SLICE]:
                subscriber.enqueue(each.frame)
            if len(each.subscribers) > SLICE:
                await asyncio.sleep(0)
