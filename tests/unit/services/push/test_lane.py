"""What waits for one push service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random

from services.push.lane import AT_ONCE, ATTEMPTS_MAX, WAITING_MAX, Lane, Telling
from services.push.message import Message
from services.push.sender import Outcome
from tests.conftest import wait_until

AT = datetime(2026, 5, 8, 2, 0, tzinfo=UTC)
ACCEPTED = Outcome("accepted")


def a_message(tag: str, *, is_withdrawal: bool = False, at: datetime = AT) -> Message:
    kind = b"withdrawal" if is_withdrawal else b"call"
    return Message(tag, kind, is_urgent=True, is_withdrawal=is_withdrawal, published_at=at)


class Service:
    """A push service that answers as it is told, and keeps what it accepted."""

    def __init__(self, answer: Callable[[str, Message], Outcome] = lambda *_: ACCEPTED) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []
        self.accepted: list[tuple[str, str, bytes]] = []
        self.gone: list[str] = []
        self.done: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, identifier: str, message: Message) -> Outcome:
        self.asked.append((identifier, message.tag))
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await self.open.wait()
        await asyncio.sleep(0)
        self.at_once -= 1
        outcome = self.answer(identifier, message)
        if outcome.result == "accepted":
            self.accepted.append((identifier, message.tag, message.content))
        return outcome

    async def on_gone(self, identifier: str) -> None:
        self.gone.append(identifier)

    def lane(self, *, random: Random | None = None, waiting_max: int = WAITING_MAX) -> Lane:
        return Lane(
            "a",
            self.send,
            self.on_gone,
            now=lambda: AT,
            random=random or Random(1),
            waiting_max=waiting_max,
        )

    def tell(self, lane: Lane, message: Message, *identifiers: str) -> None:
        """Adds a message for some browsers, and notes when none waits for it any more."""
        telling = Telling(message, len(identifiers), lambda: self.done.append(message.tag))
        for each in identifiers:
            lane.add(each, telling)


@asynccontextmanager
async def running(lane: Lane) -> AsyncIterator[None]:
    task = asyncio.create_task(lane.run())
    yield
    lane.stop()
    await task


async def until_empty(lane: Lane) -> None:
    await wait_until(lambda: not len(lane))


async def test_each_browser_is_told_in_order_and_many_at_the_same_time() -> None:
    """No more requests at once than the limit, and every message is done when all have it."""
    service = Service()
    lane = service.lane()
    names = [str(number) for number in range(200)]
    for tag in ("a", "b", "c"):
        service.tell(lane, a_message(tag), *names)
    async with running(lane):
        await until_empty(lane)

    for name in names:
        assert [tag for who, tag, _ in service.accepted if who == name] == ["a", "b", "c"]
    assert sorted(service.done) == ["a", "b", "c"]
    assert 1 < service.most_at_once <= AT_ONCE


async def test_a_browser_that_is_not_taken_is_tried_again_and_others_go_on() -> None:
    """Its later messages wait behind the one that failed, so that no call overtakes another."""
    failures = iter([Outcome("unavailable", "answered 503")] * 2)
    service = Service(lambda who, _: next(failures, ACCEPTED) if who == "ill" else ACCEPTED)
    lane = service.lane()
    for tag in ("a", "b"):
        service.tell(lane, a_message(tag), "ill", "well")
    async with running(lane):
        await until_empty(lane)

    assert [who for who, _, _ in service.accepted][:2] == ["well", "well"]
    assert [tag for who, tag in service.asked if who == "ill"] == ["a", "a", "a", "b"]


async def test_a_message_is_given_up_after_so_many_attempts() -> None:
    """And is done then, so that it keeps nothing else from being remembered."""
    waits = Outcome("unavailable", "TimeoutError", retry_after_s=0.0)
    service = Service(lambda _, message: waits if message.tag == "a" else ACCEPTED)
    lane = service.lane(random=Quick())
    service.tell(lane, a_message("a"), "one")
    service.tell(lane, a_message("b"), "one")
    async with running(lane):
        await until_empty(lane)

    assert [tag for _, tag in service.asked] == ["a"] * ATTEMPTS_MAX + ["b"]
    assert service.done == ["a", "b"]


class Quick(Random):
    """Chance that makes every pause as short as it can be, and no test wait for it."""

    def uniform(self, a: float, b: float) -> float:
        return 0.0 * (a + b)


async def test_a_browser_that_is_gone_is_told_nothing_more() -> None:
    """All that waits for it is done, and whoever keeps subscriptions is told."""
    service = Service(lambda who, _: Outcome("gone") if who == "left" else ACCEPTED)
    lane = service.lane()
    for tag in ("a", "b", "c"):
        service.tell(lane, a_message(tag), "left", "here")
    async with running(lane):
        await until_empty(lane)

    assert service.gone == ["left"]
    assert [who for who, _ in service.asked].count("left") == 1
    assert service.done == ["a", "b", "c"]


async def test_a_withdrawal_takes_the_place_of_a_call_that_still_waits() -> None:
    """The call is never sent; one that was tried already is withdrawn after it."""
    service = Service()
    lane = service.lane()
    service.tell(lane, a_message("call"), "one")
    service.tell(lane, a_message("other"), "one")
    service.tell(lane, a_message("call", is_withdrawal=True), "one")
    async with running(lane):
        await until_empty(lane)

    assert [(tag, content) for _, tag, content in service.accepted] == [
        ("other", b"call"),
        ("call", b"withdrawal"),
    ]
    assert sorted(service.done) == ["call", "call", "other"]


async def test_a_call_that_is_being_sent_is_withdrawn_after_it() -> None:
    """It may have arrived already."""
    service = Service()
    service.open.clear()
    lane = service.lane()
    async with running(lane):
        service.tell(lane, a_message("call"), "one")
        await wait_until(lambda: service.asked)
        service.tell(lane, a_message("call", is_withdrawal=True), "one")
        service.open.set()
        await until_empty(lane)

    assert [content for _, _, content in service.accepted] == [b"call", b"withdrawal"]


async def test_what_is_no_news_any_more_is_not_sent() -> None:
    """A call that has waited for hours, as behind a long outage."""
    service = Service()
    lane = service.lane()
    service.tell(lane, a_message("old", at=AT - timedelta(hours=5)), "one")
    async with running(lane):
        await until_empty(lane)

    assert service.asked == []
    assert service.done == ["old"]


async def test_a_lane_never_holds_more_than_its_limit() -> None:
    """What has waited longest is given up for what is newer, and counts as done."""
    service = Service()
    lane = service.lane(waiting_max=3)
    for number in range(6):
        service.tell(lane, a_message(str(number)), f"browser {number}")
    waiting = len(lane)
    async with running(lane):
        await until_empty(lane)

    assert waiting == 3
    assert sorted(tag for _, tag, _ in service.accepted) == ["3", "4", "5"]
    assert sorted(service.done) == ["0", "1", "2", "3", "4", "5"]
