"""No alert is lost when a clock is set while a receiver is away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_log import Log
from tests.chaos.crew import Crew
from tests.chaos.recorder import Recorder
from tests.chaos.rough_night import RoughNight
from tests.chaos.senders import raw_producer

HOURS_S = 10_800
TIMEOUT_S = 60.0


@pytest.mark.parametrize("ahead_s", [HOURS_S, -HOURS_S])
async def test_an_alert_outlasts_a_clock_that_jumps_while_its_receiver_is_away(
    settings: Settings,
    eventually: Callable[..., Awaitable[object]],
    tmp_path: Path,
    ahead_s: int,
) -> None:
    """The notifier measures how much time has passed, whatever the time of day says."""
    producer = raw_producer(settings)
    await producer.start()
    for parcel in RoughNight(1, 100, 4, settings.namespace).parcels:
        await producer.send_and_wait(
            Topics(settings.namespace).declarations,
            parcel.value,
            key=parcel.key,
            headers=parcel.headers,
        )
    await producer.stop()
    crew = Crew(settings, tmp_path, own_clocks=True)
    async with Recorder() as recorder, Log(settings) as log:
        recorder.away = True
        channels = recorder.channels(tmp_path)
        try:
            await crew.run("aggregator", "aggregator", "run")
            await crew.run("notifier", "notifier", "run", notifier_channels_file=str(channels))
            await eventually(lambda: recorder.asked >= 2, timeout_s=TIMEOUT_S)
            crew.set_clock("notifier", ahead_s)
            asked = recorder.asked
            await eventually(lambda: recorder.asked >= asked + 4, timeout_s=TIMEOUT_S)
            recorder.away = False

            async def all_sent() -> bool:
                alerts = sum((await log.ends(log.topics.alerts)).values())
                return 0 < alerts <= len(recorder.ids)

            await eventually(all_sent, timeout_s=TIMEOUT_S)
        finally:
            await crew.stop_all()
