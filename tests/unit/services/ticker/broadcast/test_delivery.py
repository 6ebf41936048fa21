"""Thousands are written to in slices, and everybody has every event in its order."""

from __future__ import annotations

import asyncio

from services.ticker.broadcast.delivery import SLICE, Delivery, deliver
from services.ticker.broadcast.frame import Frame
from services.ticker.broadcast.subscriber import Subscriber


class Written:
    """A stream that keeps what is written to it."""

    is_paused = False

    def __init__(self) -> None:
        self.chunks: list[bytes] = []

    def write(self, chunks: bytes) -> None:
        self.chunks.append(chunks)

    def finish(self) -> None:
        self.chunks.append(b"")


def audience(number: int) -> tuple[tuple[Subscriber, ...], list[Written]]:
    """Returns subscribers, and the stream of each."""
    subscribers = tuple(Subscriber() for _ in range(number))
    streams = [Written() for _ in subscribers]
    for subscriber, stream in zip(subscribers, streams, strict=True):
        subscriber.connect(stream)
    return subscribers, streams


async def test_every_subscriber_has_every_event_in_its_order() -> None:
    """Also those of the last slice, which is not full."""
    subscribers, streams = audience(2 * SLICE + 1)
    frames = [Frame(b"first"), Frame(b"second")]

    await deliver(Delivery(frame, subscribers) for frame in frames)

    assert all(stream.chunks == [frame.plain for frame in frames] for stream in streams)


async def test_others_are_served_between_slices() -> None:
    """A page that is asked for meanwhile does not wait for the last of them."""
    subscribers, streams = audience(4 * SLICE)
    reached: list[int] = []

    async def page() -> None:
        reached.append(sum(bool(stream.chunks) for stream in streams))

    asked = asyncio.create_task(page())
    await deliver([Delivery(Frame(b"event"), subscribers)])
    await asked

    assert reached == [SLICE]


async def test_who_is_gone_meanwhile_is_passed_over() -> None:
    """Its connection may not be written to any more."""
    subscribers, streams = audience(2 * SLICE)

    async def leave() -> None:
        subscribers[-1].gone()

    leaving = asyncio.create_task(leave())
    await deliver([Delivery(Frame(b"event"), subscribers)])
    await leaving

    assert streams[-1].chunks == []
    assert all(stream.chunks for stream in streams[:-1])
