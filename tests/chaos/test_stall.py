"""A worker that cannot count ends, even if no library reports anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from services.engine.watchdog import STALL_TIMEOUT_S
from services.platform.exit_status import ExitStatus
from services.platform.names import Keys, Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from tests.chaos.crew import Crew
from tests.chaos.rough_night import RoughNight
from tests.chaos.senders import raw_producer
from tests.support.checkout import CHECKOUT

TIMEOUT_S = 3 * STALL_TIMEOUT_S


@pytest.mark.timeout(300)
async def test_a_worker_that_counts_nothing_while_declarations_wait_ends(
    settings: Settings, eventually: Callable[..., Awaitable[object]], tmp_path: Path
) -> None:
    """It ends with its own status, and the next worker counts what waited."""
    producer = raw_producer(settings)
    await producer.start()
    topic, keys = Topics(settings.namespace).declarations, Keys(settings.namespace)
    ends: dict[int, int] = {}
    for parcel in RoughNight(1, 100, 4, settings.namespace).parcels:
        appended = await producer.send_and_wait(
            topic, parcel.value, key=parcel.key, headers=parcel.headers
        )
        ends[appended.partition] = appended.offset + 1
    await producer.stop()
    crew = Crew(settings, tmp_path)

    async def counted() -> bool:
        async with connect(settings) as redis:
            marks = await redis.mget([keys.watermark(number) for number in ends])
        return [int(mark or 0) for mark in marks] == list(ends.values())

    try:
        await crew.run("stalled", script=str(CHECKOUT / "tests" / "chaos" / "stalled_worker.py"))
        await eventually(lambda: crew.ends("stalled"), timeout_s=TIMEOUT_S)
        assert not await counted()
        await crew.stop("stalled")
        await crew.run("aggregator-1", "aggregator", "run")
        await eventually(counted, timeout_s=TIMEOUT_S)
    finally:
        await crew.stop_all()

    assert crew.ends("stalled")[0][1] == ExitStatus.STALLED


@pytest.mark.timeout(120)
async def test_a_worker_that_has_lost_its_group_for_good_ends(
    settings: Settings, eventually: Callable[..., Awaitable[object]], tmp_path: Path
) -> None:
    """Its client has given the group up, and Faust would wait for partitions for ever."""
    crew = Crew(settings, tmp_path)
    script = str(CHECKOUT / "tests" / "chaos" / "brokerless_worker.py")
    try:
        await crew.run("brokerless", script=script)
        await eventually(lambda: crew.ends("brokerless"), timeout_s=60)
    finally:
        await crew.stop_all()

    assert crew.ends("brokerless")[0][1] == ExitStatus.KAFKA_UNAVAILABLE


@pytest.mark.timeout(60)
async def test_a_worker_that_finds_no_kafka_says_so(
    settings: Settings, eventually: Callable[..., Awaitable[object]], tmp_path: Path
) -> None:
    """It ends with the status for that, so that whoever restarts it knows what to look at."""
    nowhere = settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    crew = Crew(nowhere, tmp_path)
    try:
        await crew.run("alone", "aggregator", "run")
        await eventually(lambda: crew.ends("alone"), timeout_s=45)
    finally:
        await crew.stop_all()

    assert crew.ends("alone")[0][1] == ExitStatus.KAFKA_UNAVAILABLE
