"""Councils followed in the log of a real Kafka."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from election.council import Council
from election.fold import apply
from schemas.events import Event
from schemas.reject import Reject
from services.following.followed_councils import FollowedCouncils
from services.intake.producer import DeclarationProducer
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics, delete_topics
from tests.support.aggregator_night import Declarations, night
from tests.support.polls import COUNCIL, opened, ward, won
from tests.support.topics import made_again

Eventually = Callable[..., Awaitable[object]]

OPENED = opened(ward("ash"), ward("beech"), before="PP52")
ASH, BEECH = won("ash", "PP53"), won("beech", "PP52")

ENOUGH_S = 60.0
"""How long a test waits for a record at most."""


@asynccontextmanager
async def following(
    settings: Settings, told: Callable[[frozenset[str]], None] = lambda _: None
) -> AsyncIterator[FollowedCouncils]:
    """Yields councils that are followed, from their start."""
    followed = FollowedCouncils(settings, client_id="test", on_change=told)
    task = asyncio.create_task(followed.run())
    try:
        yield followed
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def producer(settings: Settings) -> AsyncIterator[DeclarationProducer]:
    """A producer of declarations."""
    async with DeclarationProducer(settings) as started:
        yield started


def counted(events: Iterable[Event]) -> dict[str, Council]:
    """Returns the councils of events by the rules."""
    councils: dict[str, Council] = {}
    for event in events:
        councils[event.council], _ = apply(event, councils.get(event.council))
    return councils


async def test_councils_stand_as_the_log_has_them_and_go_on(
    settings: Settings,
    declarations: Declarations,
    producer: DeclarationProducer,
    eventually: Eventually,
) -> None:
    """What was there before the start, and what comes after it; whoever wants is told which."""
    told: list[frozenset[str]] = []
    first = night(seed=3)
    await declarations.send(first)
    async with following(settings, told.append) as followed:
        for partition, end in declarations.ends.items():
            assert await followed.until_read(partition, end - 1, ENOUGH_S)
        assert followed.is_caught_up
        assert dict(followed.councils) == counted(first)

        at = (await producer.publish_all([OPENED, ASH]))[-1]
        assert await followed.until_read(*at, ENOUGH_S)

        assert followed.read_to(at.partition) == at.offset + 1
        assert dict(followed.councils) == counted([*first, OPENED, ASH])
        # Whoever wants is told once a whole fetch has been counted.
        await eventually(lambda: {COUNCIL} in told)
        assert not await followed.until_read(at.partition, at.offset + 1, 0.01)


async def test_what_cannot_be_read_is_passed_over(
    settings: Settings, producer: DeclarationProducer, kafka_producer: AIOKafkaProducer
) -> None:
    """One message that is no event ends nothing."""
    await producer.publish_all([OPENED])
    await kafka_producer.send_and_wait(
        Topics(settings.namespace).declarations, b"\xff{", key=COUNCIL.encode()
    )
    at = (await producer.publish_all([ASH]))[-1]

    async with following(settings) as followed:
        assert await followed.until_read(*at, ENOUGH_S)

        assert dict(followed.councils) == counted([OPENED, ASH])


async def test_what_is_set_aside_as_broken_does_not_count(
    settings: Settings,
    producer: DeclarationProducer,
    kafka_producer: AIOKafkaProducer,
    eventually: Eventually,
) -> None:
    """Whether that is known before the declaration is read here, or only afterwards."""
    names = Topics(settings.namespace)

    async def set_aside(partition: int, offset: int) -> None:
        reject = Reject(
            topic=names.declarations,
            partition=partition,
            offset=offset,
            reason="broken",
            detail="fold: ValueError: a fault",
        )
        await kafka_producer.send_and_wait(names.rejects, reject.model_dump_json().encode())

    _, ash, beech = await producer.publish_all([OPENED, ASH, BEECH])
    await set_aside(*ash)
    async with following(settings) as followed:
        assert await followed.until_read(*beech, ENOUGH_S)
        assert dict(followed.councils) == counted([OPENED, BEECH])

        await set_aside(*beech)
        await eventually(lambda: dict(followed.councils) == counted([OPENED]))


async def test_a_topic_that_was_made_again_is_followed_from_its_beginning(
    settings: Settings, producer: DeclarationProducer, eventually: Eventually
) -> None:
    """Nothing of the other log is left, and whoever wants to know of its councils is told."""
    told: list[frozenset[str]] = []
    at = (await producer.publish_all([OPENED, ASH]))[-1]
    async with following(settings, told.append) as followed:
        assert await followed.until_read(*at, ENOUGH_S)
        told.clear()
        await delete_topics(settings)
        await eventually(lambda: made_again(settings, Topics(settings.namespace).declarations))
        # As long as the first, so that its length says nothing.
        async with DeclarationProducer(settings) as other:
            await other.publish_all([OPENED, BEECH])

        await eventually(lambda: dict(followed.councils) == counted([OPENED, BEECH]))
        assert told[0] == {COUNCIL}


async def test_an_outage_of_kafka_is_outlived(tmp_path: Path, eventually: Eventually) -> None:
    """It may begin before the start; what was read stays, and what comes later is read."""
    with Stack(tmp_path / "stack") as own_stack:
        settings = own_stack.endpoints.settings(namespace="away")
        await create_topics(settings)
        async with DeclarationProducer(settings) as producer:
            await producer.publish_all([OPENED])
        own_stack.kill_broker(1)
        async with following(settings) as followed:
            await asyncio.to_thread(own_stack.start_broker, 1)
            await eventually(lambda: followed.is_caught_up)
            own_stack.kill_broker(1)
            assert dict(followed.councils) == counted([OPENED])
            await asyncio.to_thread(own_stack.start_broker, 1)
            async with DeclarationProducer(settings) as producer:
                (at,) = await producer.publish_all([ASH])

            assert await followed.until_read(*at, ENOUGH_S)
            assert dict(followed.councils) == counted([OPENED, ASH])
