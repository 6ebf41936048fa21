"""One lane with the real ledger, a receiver that does as it is told and a clock that is set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from aiokafka import TopicPartition

from services.notifier.channels import Channel
from services.notifier.delivery_queue import WAITING_MAX, DeliveryQueue, PendingNotice
from services.notifier.ledger import Ledger
from services.notifier.notice import Notice, of_alert
from services.notifier.offsets import OffsetTracker
from services.notifier.schedule import DIGEST_MAX
from services.notifier.senders.sender import Failure, SendError
from services.platform.settings import Settings
from tests.support.notifier_receivers import an_alert, recorded

Eventually = Callable[..., Awaitable[Any]]

PARTITION = TopicPartition("alerts", 0)


class Recording:
    """A way out that keeps what it is given, or refuses it as it is told."""

    concurrency = 1

    def __init__(self, *, digests: bool) -> None:
        self.digests = digests
        self.messages: list[list[str]] = []
        self.attempts = 0
        self.failure: Failure | None = None

    async def send(self, notices: Sequence[Notice], now: datetime) -> None:
        """Takes a message, or raises the trouble that is set."""
        assert now.tzinfo is not None
        self.attempts += 1
        if self.failure:
            raise SendError("told so", self.failure)
        self.messages.append([notice.line for notice in notices])

    async def send_test(self, text: str, now: datetime) -> None:
        """Never called here."""
        raise AssertionError(text, now)

    async def close(self) -> None:
        """Has nothing to give back."""


class Bench:
    """A lane at work."""

    def __init__(self, ledger: Ledger, channel: Channel, *, digests: bool) -> None:
        self.now = datetime(2014, 5, 23, 3, 0, tzinfo=UTC)
        self.sender = Recording(digests=digests)
        self.offsets = OffsetTracker()
        self.stopping = asyncio.Event()
        self.number = 0
        self.looks = 0
        self.queue = DeliveryQueue(
            channel,
            self.sender,
            ledger=ledger,
            offsets=self.offsets,
            stopping=self.stopping,
            now=self.look,
            random=Random(1),
        )

    def look(self) -> datetime:
        """Returns the time that is set, and counts that it was asked for."""
        self.looks += 1
        return self.now

    async def put(self, waited: timedelta = timedelta()) -> None:
        """Gives the lane an alert that was published so long ago."""
        self.number += 1
        self.offsets.begin(PARTITION, self.number, 1)
        notice = of_alert(an_alert(self.number, text=str(self.number)))
        published_at = self.now - waited
        pending = PendingNotice(notice, PARTITION, self.number, published_at, self.now)
        await self.queue.put(pending)

    @property
    def done(self) -> bool:
        """Whether nothing is owed any more."""
        return self.offsets.committable() == {PARTITION: self.number + 1}


@pytest.fixture
async def bench(settings: Settings) -> AsyncIterator[Callable[..., Bench]]:
    """Makes lanes and runs them until the test ends."""
    ledger = Ledger(settings)
    await ledger.start()
    running: list[tuple[Bench, asyncio.Task[None]]] = []

    def start(*, digests: bool = True, idle: bool = False, **fields: Any) -> Bench:
        channel = Channel(name="desk", url="console://", rehearsal=True, **fields)
        made = Bench(ledger, channel, digests=digests)
        if not idle:
            running.append((made, asyncio.create_task(made.queue.run())))
        return made

    yield start
    for made, task in running:
        made.stopping.set()
        await task
    await ledger.stop()


async def statuses(settings: Settings) -> list[str]:
    """Returns the statuses in the ledger, in order."""
    return [record.status for record in await recorded(settings)]


@pytest.mark.parametrize(("digests", "expected"), [(True, [["1", "2"]]), (False, [["1"], ["2"]])])
async def test_what_waited_through_an_outage_goes_together(
    bench: Callable[..., Bench],
    eventually: Eventually,
    digests: bool,  # noqa: FBT001 -- pytest passes it by name
    expected: list[list[str]],
) -> None:
    """Alerts published minutes ago are one digest for people, and one each for machines."""
    made = bench(digests=digests, idle=True)
    await made.put(timedelta(minutes=5))
    await made.put(timedelta(minutes=4))
    task = asyncio.create_task(made.queue.run())
    await eventually(lambda: made.done)
    made.stopping.set()
    await task

    assert made.sender.messages == expected


async def test_fresh_alerts_are_never_held_for_a_digest(
    bench: Callable[..., Bench], eventually: Eventually
) -> None:
    """Several alerts at once are several messages."""
    made = bench(idle=True)
    await made.put()
    await made.put()
    task = asyncio.create_task(made.queue.run())
    await eventually(lambda: made.done)
    made.stopping.set()
    await task

    assert made.sender.messages == [["1"], ["2"]]


async def test_receiver_away_for_too_long_is_given_up(
    bench: Callable[..., Bench], settings: Settings, eventually: Eventually
) -> None:
    """After a quarter of an hour all that waited is recorded as failed, and the next is sent."""
    made = bench()
    made.sender.failure = "unavailable"
    await made.put()
    await eventually(lambda: made.sender.attempts == 1)
    await made.put()
    made.now += timedelta(minutes=16)
    await eventually(lambda: made.done)
    made.sender.failure = None
    await made.put()
    await eventually(lambda: made.done)

    assert made.sender.messages == [["3"]]
    assert await statuses(settings) == ["failed", "failed", "sent"]


async def test_receiver_gone_for_good_is_not_asked_again(
    bench: Callable[..., Bench], settings: Settings, eventually: Eventually
) -> None:
    """410 Gone is final for that alert after one attempt."""
    made = bench()
    made.sender.failure = "gone"
    await made.put()
    await eventually(lambda: made.done)

    assert made.sender.attempts == 1
    assert await statuses(settings) == ["failed"]


async def test_quiet_hours_end_with_a_digest(
    bench: Callable[..., Bench], settings: Settings, eventually: Eventually
) -> None:
    """What comes in quiet hours is told after them, together."""
    made = bench(quiet_hours="23:00-07:00", idle=True)
    await made.put()
    await made.put()
    sleeping = asyncio.create_task(made.queue.run())
    await eventually(lambda: made.looks > 0)
    made.stopping.set()
    await sleeping

    assert made.sender.messages == []
    assert await statuses(settings) == []

    made.stopping.clear()
    made.now += timedelta(hours=3)
    awake = asyncio.create_task(made.queue.run())
    await eventually(lambda: made.done)
    made.stopping.set()
    await awake

    assert made.sender.messages == [["1", "2"]]


async def test_a_digest_is_one_message_however_fast_it_fills(
    bench: Callable[..., Bench], eventually: Eventually
) -> None:
    """A burst that is enough for a digest goes out at once, and as one."""
    made = bench(digest_minutes=10, idle=True)
    for _ in range(DIGEST_MAX + 10):
        await made.put()
    task = asyncio.create_task(made.queue.run())
    await eventually(lambda: made.done)
    made.stopping.set()
    await task

    assert [len(message) for message in made.sender.messages] == [DIGEST_MAX + 10]


async def test_what_is_beyond_a_channels_rate_goes_out_together(
    bench: Callable[..., Bench], eventually: Eventually
) -> None:
    """With one message a minute, the second brings all that came in that minute."""
    made = bench(per_minute=1, idle=True)
    for _ in range(3):
        await made.put()
    first = asyncio.create_task(made.queue.run())
    await eventually(lambda: made.sender.messages)
    looked = made.looks
    await eventually(lambda: made.looks > looked)
    made.stopping.set()
    await first

    assert made.sender.messages == [["1"]]

    made.stopping.clear()
    made.now += timedelta(minutes=1)
    second = asyncio.create_task(made.queue.run())
    await eventually(lambda: made.done)
    made.stopping.set()
    await second

    assert made.sender.messages == [["1"], ["2", "3"]]


async def test_full_lane_of_a_receiver_that_is_away_does_not_hold_up_others(
    bench: Callable[..., Bench], settings: Settings, eventually: Eventually
) -> None:
    """Beyond the limit an alert is recorded as failed at once, so that reading goes on."""
    made = bench()
    made.sender.failure = "unavailable"
    await made.put()
    await eventually(lambda: made.sender.attempts == 1)
    for _ in range(WAITING_MAX):
        await made.put()

    assert await statuses(settings) == ["failed"]


async def test_partition_given_back_is_not_sent(
    bench: Callable[..., Bench], eventually: Eventually
) -> None:
    """After a rebalance the lane forgets what its new owner will send."""
    made = bench(idle=True)
    await made.put()
    await made.queue.drop([PARTITION])
    made.offsets.forget([PARTITION])
    await made.put()
    task = asyncio.create_task(made.queue.run())
    await eventually(lambda: made.done)
    made.stopping.set()
    await task

    assert made.sender.messages == [["2"]]
