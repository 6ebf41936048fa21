"""One delivery queue with the real ledger, a sender that fails on demand and a set clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from aiokafka import TopicPartition
from prometheus_client import REGISTRY

from services.notifier.channels import Channel
from services.notifier.delivery_queue import WAITING_MAX, DeliveryQueue
from services.notifier.holding.holds import Holds
from services.notifier.ledger import Ledger
from services.notifier.notice import Notice, of_alert
from services.notifier.offsets import OffsetTracker
from services.notifier.pending_notice import PendingNotice
from services.notifier.schedule import DIGEST_MAX
from services.notifier.senders.sender import Failure, SendError
from services.platform.settings import Settings
from tests.support.holds import hold, release
from tests.support.notifier_receivers import an_alert, recorded

Eventually = Callable[..., Awaitable[Any]]

PARTITION = TopicPartition("alerts", 0)


class Recording:
    """A sender that records its messages, or fails with the failure that is set."""

    concurrency = 1

    def __init__(self, *, digests: bool) -> None:
        self.digests = digests
        self.messages: list[list[str]] = []
        self.attempts = 0
        self.failure: Failure | None = None

    async def send(self, notices: Sequence[Notice], now: datetime) -> None:
        """Records a message, or raises SendError with the failure that is set."""
        assert now.tzinfo is not None
        self.attempts += 1
        if self.failure:
            raise SendError("as set", self.failure)
        self.messages.append([notice.line for notice in notices])

    async def send_test(self, text: str, now: datetime) -> None:
        """Never called here."""
        raise AssertionError(text, now)

    async def close(self) -> None:
        """Has nothing to close."""


class QueueUnderTest:
    """A delivery queue under test, with what it works with."""

    def __init__(self, ledger: Ledger, channel: Channel, *, digests: bool) -> None:
        self.now = datetime(2014, 5, 23, 3, 0, tzinfo=UTC)
        self.sender = Recording(digests=digests)
        self.holds = Holds()
        self.offsets = OffsetTracker()
        self.stopping = asyncio.Event()
        self.number = 0
        self.clock_reads = 0
        self.queue = DeliveryQueue(
            channel,
            self.sender,
            ledger=ledger,
            holds=self.holds,
            offsets=self.offsets,
            stopping=self.stopping,
            now=self.read_clock,
            random=Random(1),
        )

    def read_clock(self) -> datetime:
        """Returns the time that is set, and counts the calls."""
        self.clock_reads += 1
        return self.now

    async def put(self, waited: timedelta = timedelta(), **fields: object) -> None:
        """Puts an alert into the queue that was published `waited` ago."""
        self.number += 1
        self.offsets.begin(PARTITION, self.number, 1)
        notice = of_alert(an_alert(self.number, text=str(self.number), **fields))
        published_at = self.now - waited
        pending = PendingNotice(notice, PARTITION, self.number, published_at, self.now)
        await self.queue.put(pending)

    @property
    def done(self) -> bool:
        """Whether the channel has finished with every alert."""
        return self.offsets.committable() == {PARTITION: self.number + 1}

    async def run_until_done(self, eventually: Eventually) -> None:
        """Runs a queue that is idle until the channel has finished with every alert."""
        task = asyncio.create_task(self.queue.run())
        await eventually(lambda: self.done)
        self.stopping.set()
        await task


@pytest.fixture
async def make_queue(settings: Settings) -> AsyncIterator[Callable[..., QueueUnderTest]]:
    """Makes queues, and runs them until the test ends unless they are `idle`."""
    ledger = Ledger(settings)
    await ledger.start()
    running: list[tuple[QueueUnderTest, asyncio.Task[None]]] = []

    def start(*, digests: bool = True, idle: bool = False, **fields: Any) -> QueueUnderTest:
        channel = Channel(name="desk", url="console://", rehearsal=True, **fields)
        made = QueueUnderTest(ledger, channel, digests=digests)
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
    make_queue: Callable[..., QueueUnderTest],
    eventually: Eventually,
    digests: bool,  # noqa: FBT001 -- pytest passes it by name
    expected: list[list[str]],
) -> None:
    """Alerts published minutes ago are one digest for people, and one message each for machines."""
    made = make_queue(digests=digests, idle=True)
    await made.put(timedelta(minutes=5))
    await made.put(timedelta(minutes=4))
    await made.run_until_done(eventually)

    assert made.sender.messages == expected


async def test_fresh_alerts_are_never_held_for_a_digest(
    make_queue: Callable[..., QueueUnderTest], eventually: Eventually
) -> None:
    """Several alerts at once are several messages."""
    made = make_queue(idle=True)
    await made.put()
    await made.put()
    await made.run_until_done(eventually)

    assert made.sender.messages == [["1"], ["2"]]


async def test_alerts_of_a_receiver_that_is_unavailable_for_too_long_are_given_up(
    make_queue: Callable[..., QueueUnderTest], settings: Settings, eventually: Eventually
) -> None:
    """After 15 minutes all waiting alerts are recorded as failed, and the next is sent."""
    made = make_queue()
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


async def test_a_receiver_that_is_gone_is_not_tried_again(
    make_queue: Callable[..., QueueUnderTest], settings: Settings, eventually: Eventually
) -> None:
    """410 Gone is final for that alert after one attempt."""
    made = make_queue()
    made.sender.failure = "gone"
    await made.put()
    await eventually(lambda: made.done)

    assert made.sender.attempts == 1
    assert await statuses(settings) == ["failed"]


async def test_quiet_hours_end_with_a_digest(
    make_queue: Callable[..., QueueUnderTest], settings: Settings, eventually: Eventually
) -> None:
    """Alerts of quiet hours are sent together when they end."""
    made = make_queue(quiet_hours="23:00-07:00", idle=True)
    await made.put()
    await made.put()
    sleeping = asyncio.create_task(made.queue.run())
    await eventually(lambda: made.clock_reads > 0)
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
    make_queue: Callable[..., QueueUnderTest], eventually: Eventually
) -> None:
    """A burst of more alerts than a digest waits for is sent at once, as one message."""
    made = make_queue(digest_minutes=10, idle=True)
    for _ in range(DIGEST_MAX + 10):
        await made.put()
    await made.run_until_done(eventually)

    assert [len(message) for message in made.sender.messages] == [DIGEST_MAX + 10]


async def test_alerts_beyond_a_channels_rate_are_sent_together(
    make_queue: Callable[..., QueueUnderTest], eventually: Eventually
) -> None:
    """With one message a minute, the second has all alerts of that minute."""
    made = make_queue(per_minute=1, idle=True)
    for _ in range(3):
        await made.put()
    first = asyncio.create_task(made.queue.run())
    await eventually(lambda: made.sender.messages)
    reads = made.clock_reads
    made.queue.wake()
    await eventually(lambda: made.clock_reads > reads)
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


async def test_a_full_queue_of_an_unavailable_receiver_does_not_hold_up_others(
    make_queue: Callable[..., QueueUnderTest], settings: Settings, eventually: Eventually
) -> None:
    """An alert beyond the limit is recorded as failed at once, so that reading goes on."""
    made = make_queue()
    made.sender.failure = "unavailable"
    await made.put()
    await eventually(lambda: made.sender.attempts == 1)
    for _ in range(WAITING_MAX):
        await made.put()

    assert await statuses(settings) == ["failed"]


async def test_alerts_of_a_revoked_partition_are_not_sent(
    make_queue: Callable[..., QueueUnderTest], eventually: Eventually
) -> None:
    """After a rebalance the queue drops the alerts that their new owner will send."""
    made = make_queue(idle=True)
    await made.put()
    await made.queue.drop([PARTITION])
    made.offsets.forget([PARTITION])
    await made.put()
    await made.run_until_done(eventually)

    assert made.sender.messages == [["2"]]


async def test_out_is_told_with_the_gain_of_the_same_event(
    make_queue: Callable[..., QueueUnderTest], settings: Settings, eventually: Eventually
) -> None:
    """One message, and both in the ledger; what was not told alone is not withdrawn alone."""
    made = make_queue()
    out = {"kind": "incumbent_out", "control": None, "outcome": None, "change": True}
    await made.put(**out, told_by=an_alert(2).id)
    await made.put(outcome="gain", change=True)
    await made.put(**out, action="retract", retracts=an_alert(1).id)
    await made.put(outcome="gain", change=True, action="retract", retracts=an_alert(2).id)
    await eventually(lambda: made.done)

    assert made.sender.messages == [["2"], ["4"]]
    assert await statuses(settings) == ["withheld", "sent", "withheld", "sent"]


BEFORE_POLLS = datetime(2014, 5, 22, 20, 59, tzinfo=UTC)
"""A minute before 22.00 in London, which is in summer time."""


async def test_calls_before_the_polls_close_are_told_in_one_digest_at_their_close(
    make_queue: Callable[..., QueueUnderTest], settings: Settings, eventually: Eventually
) -> None:
    """What nominations alone settle waits; what says nothing of control does not wait behind it."""
    made = make_queue(idle=True)
    made.now = BEFORE_POLLS
    await made.put(mode="live")
    await made.put(mode="live", kind="incumbent_out", control=None, outcome=None)
    await made.put(mode="live", kind="postponed", control=None, outcome=None, change=None)
    task = asyncio.create_task(made.queue.run())
    await eventually(lambda: made.sender.messages)
    reads = made.clock_reads
    made.queue.wake()
    await eventually(lambda: made.clock_reads > reads)
    made.stopping.set()
    await task

    assert made.sender.messages == [["3"]]

    made.stopping.clear()
    made.now = BEFORE_POLLS + timedelta(minutes=1)
    await made.run_until_done(eventually)

    assert made.sender.messages == [["3"], ["1", "2"]]
    assert await statuses(settings) == ["sent"] * 3


async def test_a_webhook_is_sent_each_held_call_when_the_polls_close(
    make_queue: Callable[..., QueueUnderTest], eventually: Eventually
) -> None:
    """It takes no digest."""
    made = make_queue(digests=False, idle=True)
    made.now = BEFORE_POLLS
    await made.put(mode="live")
    await made.put(mode="live")
    made.now += timedelta(minutes=1)
    await made.run_until_done(eventually)

    assert made.sender.messages == [["1"], ["2"]]


async def test_a_rehearsal_is_not_held(
    make_queue: Callable[..., QueueUnderTest], eventually: Eventually
) -> None:
    """A desk may rehearse its night in the morning."""
    made = make_queue(idle=True)
    made.now = BEFORE_POLLS
    await made.put()
    await made.run_until_done(eventually)

    assert made.sender.messages == [["1"]]


async def test_a_call_that_is_withdrawn_before_the_polls_close_is_told_to_nobody(
    make_queue: Callable[..., QueueUnderTest], settings: Settings, eventually: Eventually
) -> None:
    """Nor is its withdrawal: nominations were corrected before anyone heard of them."""
    made = make_queue(idle=True)
    made.now = BEFORE_POLLS
    await made.put(mode="live")
    await made.put(mode="live", action="retract", retracts=an_alert(1).id)
    await made.put(mode="live")
    made.now += timedelta(minutes=1)
    await made.run_until_done(eventually)

    assert made.sender.messages == [["3"]]
    assert [(each.status, each.detail) for each in await recorded(settings)] == [
        ("withheld", "withdrawn before the polls closed, so it was told to nobody"),
        ("withheld", "what it withdraws was withheld"),
        ("sent", ""),
    ]


async def test_what_was_told_is_withdrawn_without_waiting_for_the_polls(
    make_queue: Callable[..., QueueUnderTest], eventually: Eventually
) -> None:
    """By a notifier of an earlier version, or in a test: whoever has it must learn at once."""
    made = make_queue()
    await made.put(mode="live")
    await eventually(lambda: made.done)
    made.now = BEFORE_POLLS
    await made.put(mode="live", action="retract", retracts=an_alert(1).id)
    await eventually(lambda: made.done)

    assert made.sender.messages == [["1"], ["2"]]


async def test_a_full_hold_does_not_stop_the_reader(
    make_queue: Callable[..., QueueUnderTest], settings: Settings
) -> None:
    """Held calls do not count towards the limit of those that wait to be sent."""
    made = make_queue(idle=True)
    made.now = BEFORE_POLLS
    for _ in range(WAITING_MAX + 1):
        await made.put(mode="live")

    assert await statuses(settings) == []


async def test_what_waited_for_the_polls_is_tried_as_long_as_anything_else(
    make_queue: Callable[..., QueueUnderTest], settings: Settings, eventually: Eventually
) -> None:
    """A receiver that was away when they closed is given fifteen minutes from then on."""
    made = make_queue(idle=True)
    made.now = BEFORE_POLLS
    made.sender.failure = "unavailable"
    await made.put(mode="live", kind="postponed", control=None, outcome=None, change=None)
    await made.put(mode="live")
    task = asyncio.create_task(made.queue.run())
    await eventually(lambda: made.sender.attempts == 1)
    made.now = BEFORE_POLLS + timedelta(minutes=16)
    await eventually(lambda: made.sender.attempts == 2)
    made.sender.failure = None
    await eventually(lambda: made.done)
    made.stopping.set()
    await task

    assert made.sender.messages == [["2"]]
    assert await statuses(settings) == ["failed", "sent"]


async def test_a_hold_reaches_what_waits_for_quiet_hours_to_end(
    make_queue: Callable[..., QueueUnderTest], settings: Settings, eventually: Eventually
) -> None:
    """What the desk drops then is recorded without waiting for their end."""
    made = make_queue(quiet_hours="23:00-07:00")
    await made.put()
    await made.put()
    made.holds.apply(release(an_alert(1).id, ruling="drop", reason="wrong"))
    made.queue.wake()
    await eventually(lambda: statuses(settings))

    assert made.sender.messages == []
    assert [(each.status, each.detail) for each in await recorded(settings)] == [
        ("dropped", "dropped by Ben: wrong")
    ]


async def test_what_was_tried_and_is_dropped_may_have_arrived(
    make_queue: Callable[..., QueueUnderTest], settings: Settings, eventually: Eventually
) -> None:
    """It is recorded as failed, and its withdrawal is sent."""
    made = make_queue()
    made.sender.failure = "unavailable"
    await made.put()
    await eventually(lambda: made.sender.attempts == 1)
    made.holds.apply(release(an_alert(1).id, ruling="drop"))
    await eventually(lambda: statuses(settings))
    made.sender.failure = None
    await made.put(action="retract", retracts=an_alert(1).id)
    await eventually(lambda: made.done)

    assert made.sender.messages == [["2"]]
    assert await statuses(settings) == ["failed", "sent"]


async def test_what_is_held_back_is_not_an_alert_that_was_slow(
    make_queue: Callable[..., QueueUnderTest], eventually: Eventually
) -> None:
    """The time from publication to delivery is measured for all others only."""
    made = make_queue(idle=True)
    made.holds.apply(hold(60))
    before = REGISTRY.get_sample_value("livecount_notifier_alert_seconds_count")
    await made.put()
    made.now += timedelta(minutes=1)
    await made.run_until_done(eventually)

    assert made.sender.messages == [["1"]]
    assert REGISTRY.get_sample_value("livecount_notifier_alert_seconds_count") == before
