"""A service that is told to stop does so, also while Kafka or Redis cannot be reached."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from services.platform.errors import KafkaUnavailableError
from services.platform.kafka import consumer
from services.platform.names import Keys, Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.topic_fetch import FETCH_RECORDS_MAX
from services.platform.topic_log import Log
from services.platform.topics import create_topics
from tests.chaos.crew import Crew
from tests.chaos.proxied_stack import ProxiedStack
from tests.chaos.recorder import Recorder
from tests.chaos.rough_night import RoughNight
from tests.chaos.senders import raw_producer

GRACE_S = 30.0
"""What compose grants a service between SIGTERM and SIGKILL (docker-compose.yml)."""

SERVICES = ("intake", "aggregator", "notifier", "ticker")


@pytest.fixture(scope="module")
def small_stack() -> Iterator[ProxiedStack]:
    """One broker and Redis behind proxies."""
    with tempfile.TemporaryDirectory(prefix="livecount-stops-") as directory:
        made = ProxiedStack(Path(directory), 1, Random(directory))
        try:
            made.start()
            yield made
        finally:
            made.stop()


@pytest.mark.timeout(60)
async def test_a_consumer_disconnects_though_its_broker_is_away(small_stack: ProxiedStack) -> None:
    """Nothing is raised, and no connection stays open, while its fetches are tried again."""
    direct = small_stack.settings("stops-consumer", direct=True)
    await create_topics(direct)
    topic = Topics(direct.namespace).declarations
    reader = consumer(
        small_stack.settings("stops-consumer", direct=False),
        topic,
        group_id=None,
        client_id="test",
    )
    await reader.start()
    await reader.getmany(timeout_ms=1_000)
    small_stack.cut_kafka()
    try:
        # Each fetch that fails waits before it is tried again; most of the time one waits.
        for _ in range(10):
            await reader.getmany(timeout_ms=100)
        await reader.stop()
    finally:
        small_stack.mend_kafka()


@pytest.mark.timeout(60)
async def test_reading_a_log_ends_though_its_broker_is_away(small_stack: ProxiedStack) -> None:
    """A reader gives up once nothing has come for its time limit, in the middle of a topic too."""
    direct = small_stack.settings("stops-log", direct=True)
    await create_topics(direct)
    topic = Topics(direct.namespace).declarations
    async with raw_producer(direct) as producer:
        for _ in range(5 * FETCH_RECORDS_MAX):
            await producer.send(topic, b"x" * 1_000, partition=0)
    linked = small_stack.settings("stops-log", direct=False)
    async with Log(linked, stall_timeout_s=2.0) as log:
        # One more than there are: the reader has all of them and waits.
        ends = {0: (await log.ends(topic))[0] + 1}
        read: list[Any] = []

        async def read_on() -> None:
            async for record in log.read(topic, ends):
                read.append(record)
                if len(read) == 1:
                    small_stack.cut_kafka()

        try:
            with pytest.raises(KafkaUnavailableError, match="cannot be read"):
                await read_on()
        finally:
            small_stack.mend_kafka()

    assert len(read) >= FETCH_RECORDS_MAX


@pytest.mark.timeout(180)
@pytest.mark.parametrize("away", ["kafka", "redis"])
async def test_a_service_stops_when_told_though_a_server_is_away(
    away: str,
    small_stack: ProxiedStack,
    eventually: Callable[..., Awaitable[object]],
    tmp_path: Path,
) -> None:
    """Every service ends by itself within its grace, in the middle of a night."""
    direct = small_stack.settings(f"stops-{away}", direct=True)
    linked = small_stack.settings(f"stops-{away}", direct=False)
    await create_topics(direct)
    crew = Crew(linked, tmp_path)
    intake, ticker = free_ports(2, Random(away))
    # A slow receiver, so that a message is under way.
    async with Recorder(slow_s=2.0) as recorder:
        channels = recorder.channels(tmp_path)
        ends: dict[int, int] = {}
        sending = asyncio.create_task(_send(direct, ends))
        try:
            await crew.run("intake", "intake", "run", intake_port=str(intake))
            await crew.run("ticker", "ticker", "run", ticker_port=str(ticker))
            await crew.run("aggregator", "aggregator", "run")
            await crew.run("notifier", "notifier", "run", notifier_channels_file=str(channels))
            await eventually(lambda: recorder.ids, timeout_s=60)
            # Everything is counted, and its offset not yet committed.
            sending.cancel()
            await eventually(lambda: _counted(direct, ends), timeout_s=60)
            (small_stack.cut_kafka if away == "kafka" else small_stack.cut_redis)()
            await asyncio.gather(*(crew.stop(name, timeout_s=GRACE_S) for name in SERVICES))
        finally:
            sending.cancel()
            small_stack.mend_kafka()
            small_stack.mend_redis()
            await crew.stop_all()

    assert [name for name in SERVICES if crew.ends(name)[0][1] == -signal.SIGKILL] == []


async def _send(settings: Settings, ends: dict[int, int]) -> None:
    """Sends a night until it is cancelled; keeps each partition's end in `ends`."""
    async with raw_producer(settings) as producer:
        for parcel in RoughNight(1, 20_000, 40, settings.namespace).parcels:
            appended = await producer.send_and_wait(
                Topics(settings.namespace).declarations,
                parcel.value,
                key=parcel.key,
                headers=parcel.headers,
            )
            ends[appended.partition] = appended.offset + 1


async def _counted(settings: Settings, ends: dict[int, int]) -> bool:
    """Returns whether everything sent is counted."""
    keys = Keys(settings.namespace)
    async with connect(settings) as redis:
        marks = await redis.mget([keys.watermark(number) for number in ends])
    return all(int(mark or 0) >= end for mark, end in zip(marks, ends.values(), strict=True))
