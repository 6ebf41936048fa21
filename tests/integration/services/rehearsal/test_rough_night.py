"""The London night of 2014 through aggregator, Redis and notifier, with a failure in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from readers.night import load_night
from schemas.totals import CouncilTotals
from services.intake.producer import DeclarationProducer
from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.topic_log import Log
from services.rehearsal.tally import Tally, fold
from tests.support.notifier_receivers import Receiver

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]
Failure = Callable[[], Awaitable[None]]

LONG_S = 120.0
"""A killed worker is back after some seconds; on a busy machine it takes much longer."""


async def played(
    settings: Settings,
    process: Process,
    eventually: Eventually,
    folder: Path,
    fail: Failure,
) -> tuple[Tally, list[str]]:
    """Sends the night, with the failure in its middle; returns the tally and the webhook's ids."""
    night = load_night("london-2014")
    events = [*night.openings, *night.on_the_night]
    expected = fold(replace(night, later=()))
    wanted = {alert.id for alert in expected.alerts}
    async with Receiver() as receiver, DeclarationProducer(settings) as producer:
        channels = folder / "channels.toml"
        channels.write_text(
            f'[[channels]]\nname = "hook"\nwebhook = "{receiver.url}"\nrehearsal = true\n'
        )
        process("notifier", "run", notifier_channels_file=str(channels))
        middle = len(events) // 2
        await producer.publish_all(events[:middle])
        await eventually(lambda: counted(settings, least=1), timeout_s=LONG_S)
        await fail()
        await producer.publish_all(events[middle:])
        await eventually(lambda: counted(settings), timeout_s=LONG_S)
        await eventually(lambda: wanted <= set(receiver.ids), timeout_s=LONG_S)
        return expected, receiver.ids


async def counted(settings: Settings, least: int | None = None) -> bool:
    """Returns whether Redis has the whole log, or with `least` so many declarations of it."""
    keys = Keys(settings.namespace)
    async with Log(settings) as log:
        ends = await log.ends(log.topics.declarations)
    async with connect(settings) as redis:
        marks = await redis.mget([keys.watermark(partition) for partition in ends])
    if least is not None:
        return sum(int(mark or 0) for mark in marks) >= least
    return all(int(mark or 0) >= end for mark, end in zip(marks, ends.values(), strict=True))


async def totals(settings: Settings, councils: list[str]) -> list[CouncilTotals]:
    keys = Keys(settings.namespace)
    async with connect(settings) as redis:
        found = [await redis.hget(keys.council(council), "totals") for council in councils]
    return [CouncilTotals.model_validate_json(each or b"") for each in found]


async def test_a_killed_aggregator_changes_nothing_and_no_alert_comes_twice(
    settings: Settings, process: Process, eventually: Eventually, tmp_path: Path
) -> None:
    """After kill -9 totals and alert ids are the same, and the webhook gets each alert once."""
    aggregator = process("aggregator", "run")

    async def kill() -> None:
        aggregator.kill()
        aggregator.start()

    expected, received = await played(settings, process, eventually, tmp_path, kill)

    councils = [each.council for each in expected.councils]
    assert await totals(settings, councils) == list(expected.councils)
    assert sorted(received) == sorted(alert.id for alert in expected.alerts)


async def test_a_wiped_redis_changes_nothing_and_no_alert_comes_twice(
    settings: Settings, process: Process, eventually: Eventually, tmp_path: Path
) -> None:
    """After FLUSHALL totals and alert ids are the same, and the webhook gets each alert once."""
    process("aggregator", "run")

    async def wipe() -> None:
        async with connect(settings) as redis:
            await redis.flushall()

    expected, received = await played(settings, process, eventually, tmp_path, wipe)

    councils = [each.council for each in expected.councils]
    assert await totals(settings, councils) == list(expected.councils)
    assert sorted(received) == sorted(alert.id for alert in expected.alerts)
