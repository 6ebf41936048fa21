"""When readers are told, and what the desk keeps from them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import TopicPartition

from schemas.alert import Alert
from schemas.hold import AlertsHeldBack, AlertsReleased
from services.notifier.holding.holds import Holds
from services.notifier.notice import of_alert
from services.notifier.pending_notice import PendingNotice
from services.push.message import Message
from services.push.subscriptions import Subscriptions
from services.push.teller import Teller
from tests.conftest import wait_until
from tests.support.notifier_receivers import an_alert

AT = datetime(2014, 5, 23, 2, 0, tzinfo=UTC)
PLACE = TopicPartition("live.alerts", 0)
BARNET = "local.barnet.2014-05-22"


class Night:
    """A teller, the time, and what it has told."""

    def __init__(self) -> None:
        self.now = AT
        self.told: list[tuple[str, bool]] = []
        self.holds = Holds()
        self.teller = Teller(Subscriptions(), self, self.holds, lambda: self.now)  # type: ignore[arg-type]
        self._offset = 0

    async def tell(
        self, message: Message, _identifiers: Sequence[str], on_done: Callable[[], None]
    ) -> None:
        """Takes a message, as an outbox would."""
        self.told.append((message.tag, message.is_withdrawal))
        on_done()

    def add(self, alert: Alert, published_at: datetime = AT) -> None:
        pending = PendingNotice(of_alert(alert), PLACE, self._offset, published_at, self.now)
        self._offset += 1
        self.teller.add(alert, pending)

    @property
    def remembered(self) -> int:
        """The offset from which a restart would read."""
        return self.teller.offsets.committable()[PLACE]

    async def has(self, condition: Callable[[], Any]) -> None:
        """Waits until the night has what is asked for."""
        await wait_until(condition)


@asynccontextmanager
async def running(night: Night) -> AsyncIterator[None]:
    task = asyncio.create_task(night.teller.run())
    yield
    task.cancel()


def hold(seconds: int = 60) -> AlertsHeldBack:
    return AlertsHeldBack(council=BARNET, seconds=seconds, by="Ann", reason="one source", at=AT)


def release(alert: Alert, ruling: str) -> AlertsReleased:
    return AlertsReleased.model_validate(
        {
            "council": BARNET,
            "alerts": (alert.id,),
            "ruling": ruling,
            "by": "Ann",
            "reason": "it",
            "at": AT,
        }
    )


async def test_what_the_desk_holds_back_waits_and_is_told_when_it_is_released() -> None:
    """Other councils do not wait, and nothing is remembered before it was told."""
    night = Night()
    night.holds.apply(hold())
    held, other = an_alert(1), an_alert(2, council="local.brent.2014-05-22", cause=None)
    async with running(night):
        night.add(held)
        night.add(other)
        await night.has(lambda: night.told)
        before, remembered = list(night.told), night.remembered
        night.holds.apply(release(held, "send"))
        night.teller.wake()
        await night.has(lambda: night.told[1:])

    assert (before, remembered) == ([(other.id, False)], 0)
    assert night.told[1:] == [(held.id, False)]
    assert night.remembered == 2


async def test_what_the_desk_drops_is_told_to_no_reader_nor_withdrawn() -> None:
    """Neither at once nor when it turns out to be wrong; what comes after is told."""
    night = Night()
    night.holds.apply(hold())
    dropped = an_alert(1)
    withdrawal = an_alert(2, action="retract", retracts=dropped.id)
    later = an_alert(3, council="local.brent.2014-05-22", cause=None)
    async with running(night):
        night.add(dropped)
        night.holds.apply(release(dropped, "drop"))
        night.add(withdrawal)
        night.add(later)
        await night.has(lambda: night.told and night.remembered == 3)

    assert night.told == [(later.id, False)]


async def test_what_is_withdrawn_while_it_is_held_back_is_told_to_nobody() -> None:
    """Neither the call nor that it is withdrawn."""
    night = Night()
    night.holds.apply(hold())
    call = an_alert(1)
    async with running(night):
        night.add(call)
        night.add(an_alert(2, action="retract", retracts=call.id))
        night.now += timedelta(minutes=2)
        night.teller.wake()
        await night.has(lambda: night.remembered == 2)

    assert night.told == []


async def test_before_the_polls_close_no_reader_is_told_who_controls_a_council() -> None:
    """A council that nominations have settled is told when the polls have closed."""
    night = Night()
    night.now = datetime(2014, 5, 22, 12, 0, tzinfo=UTC)
    call = an_alert(1, mode="live")
    async with running(night):
        night.add(call, night.now)
        night.teller.wake()
        await asyncio.sleep(0)
        early = list(night.told)
        night.now = datetime(2014, 5, 22, 21, 0, 1, tzinfo=UTC)
        night.teller.wake()
        await night.has(lambda: night.told)

    assert early == []
    assert night.told == [(call.id, False)]
