"""Receipts: each client's keys are its own, and their memory is bounded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from services.intake.idempotency import REQUEST_BYTES, ConflictError, Receipts
from services.intake.producer import Acknowledgement

Send = Callable[[], Awaitable[list[Acknowledgement]]]


class Log:
    """Acknowledges requests of some events each, and counts them."""

    def __init__(self) -> None:
        self.sent = 0

    def send(self, events: int = 1) -> Send:
        async def now() -> list[Acknowledgement]:
            self.sent += 1
            return [Acknowledgement(3, 10 * self.sent + number) for number in range(events)]

        return now


async def test_a_repeat_gets_the_same_places() -> None:
    """The second request under a key is answered like the first, and sends nothing."""
    log, receipts = Log(), Receipts()
    first = await receipts.once("desk", "17", "content", log.send(3))

    assert await receipts.once("desk", "17", "content", log.send(3)) == first
    assert first == [Acknowledgement(3, 10), Acknowledgement(3, 11), Acknowledgement(3, 12)]
    assert log.sent == 1


async def test_a_client_cannot_take_the_keys_of_another() -> None:
    """Two clients may use one key for different content; one client may not."""
    log, receipts = Log(), Receipts()
    await receipts.once("stringer", "desk-18", "theirs", log.send())
    await receipts.once("desk", "desk-18", "ours", log.send())

    assert log.sent == 2
    with pytest.raises(ConflictError, match="desk-18"):
        await receipts.once("desk", "desk-18", "other", log.send())


async def test_receipts_are_bounded_by_memory() -> None:
    """However large requests are, their receipts stay within the limit; the oldest go."""
    log, receipts = Log(), Receipts(bytes_max=200_000)
    for number in range(100):
        await receipts.once("desk", str(number), "content", log.send(2_000))
        assert receipts.size_bytes <= 200_000

    sent = log.sent
    await receipts.once("desk", "99", "content", log.send(2_000))
    assert log.sent == sent
    await receipts.once("desk", "0", "content", log.send(2_000))
    assert log.sent == sent + 1


async def test_who_remembers_most_loses_first() -> None:
    """A client with thousands of requests does not make another's be forgotten."""
    log, receipts = Log(), Receipts(bytes_max=20 * REQUEST_BYTES)
    await receipts.once("desk", "17", "content", log.send())
    for number in range(1_000):
        await receipts.once("stringer", str(number), "content", log.send())

    sent = log.sent
    await receipts.once("desk", "17", "content", log.send())
    assert log.sent == sent


async def test_a_failure_is_not_remembered() -> None:
    """A repeat of a request that failed is sent."""

    async def fail() -> list[Acknowledgement]:
        raise ConnectionError

    log, receipts = Log(), Receipts()
    with pytest.raises(ConnectionError):
        await receipts.once("desk", "17", "content", fail)

    assert receipts.size_bytes == 0
    assert await receipts.once("desk", "17", "content", log.send())
