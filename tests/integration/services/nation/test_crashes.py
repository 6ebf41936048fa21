"""The second stage killed between any two steps, without Redis, and with partitions that move."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from services.nation.plan_file import read_plan
from services.platform.exit_status import ExitStatus
from services.platform.names import Keys
from services.platform.settings import Settings
from tests.support.aggregator_night import Declarations, Fact, night
from tests.support.nation_night import (
    assert_nation,
    by_rules,
    is_counted,
    nation_file,
    night_alerts,
)

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]
POINTS = [
    "after_relay",
    "after_decode",
    "after_fold",
    "after_publish",
    "after_commit",
    "after_watermark",
]


def halves(facts: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Returns the events before and after the middle of a night."""
    middle = len(facts) // 2
    return facts[:middle], facts[middle:]


class Nation:
    """The workers of a test's nation, with a file of many marks."""

    def __init__(
        self, settings: Settings, process: Process, eventually: Eventually, file: Path
    ) -> None:
        self.file = file
        self.settings = settings
        self._process = process
        self._eventually = eventually

    def start(self, **further: str) -> Any:
        """Starts a worker."""
        return self._process("nation", "run", nation_file=str(self.file), **further)

    async def counted(self) -> None:
        """Returns once the whole night is counted."""
        await self._eventually(partial(is_counted, self.settings, read_plan(self.file)))

    async def assert_right(self) -> None:
        """Asserts that the night is what the rules make of the log, with every council in it."""
        right = await assert_nation(self.settings, self.file)
        assert right.alerts


@pytest.fixture
def nation(settings: Settings, process: Process, eventually: Eventually, tmp_path: Path) -> Nation:
    """The nation of a night of six councils."""
    file = nation_file(tmp_path, night(seed=1), councils=6)
    return Nation(settings, process, eventually, file)


@pytest.mark.parametrize("point", POINTS)
async def test_a_kill_between_two_steps_changes_no_result(
    point: str,
    nation: Nation,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
) -> None:
    """After a kill at any point of the commit order and a restart, every mark is told once."""
    first, second = halves(night(seed=11))
    process("aggregator", "run")
    worker = nation.start()
    await declarations.count(first)
    await nation.counted()
    worker.kill()
    await declarations.count(second)
    doomed = nation.start(crash_at=point)
    await eventually(lambda: doomed.process.poll() is not None)
    assert doomed.process.returncode == -signal.SIGKILL
    nation.start()
    await nation.counted()

    await nation.assert_right()


async def test_a_kill_at_any_time_changes_no_result(
    nation: Nation, declarations: Declarations, process: Process
) -> None:
    """After SIGKILLs in the middle of a night, and restarts, the results are the same."""
    facts = night(seed=12)
    process("aggregator", "run")
    worker = nation.start()
    for start in range(0, len(facts), 15):
        await declarations.count(facts[start : start + 15])
        worker.kill()
        worker.start()
    await nation.counted()

    await nation.assert_right()


async def test_an_emptied_redis_is_rebuilt_and_nothing_is_told_again(
    nation: Nation, declarations: Declarations, process: Process, redis: Redis
) -> None:
    """After FLUSHALL the night is back within seconds, and counting goes on."""
    first, second = halves(night(seed=13))
    process("aggregator", "run")
    nation.start()
    await declarations.count(first)
    await nation.counted()
    await redis.flushall()
    await declarations.count()
    await nation.counted()
    await nation.assert_right()

    await redis.flushall()
    await declarations.count(second)
    await nation.counted()
    await nation.assert_right()


async def test_redis_is_rebuilt_by_command(
    settings: Settings,
    nation: Nation,
    declarations: Declarations,
    process: Process,
    redis: Redis,
) -> None:
    """`livecount rebuild` brings the night back too, without a worker, and publishes nothing."""
    aggregator, worker = process("aggregator", "run"), nation.start()
    await declarations.count(night(seed=14))
    await nation.counted()
    assert [await asyncio.to_thread(each.end) for each in (aggregator, worker)] == [0, 0]
    told = await night_alerts(settings)
    await redis.flushall()
    rebuilt = process("rebuild", nation_file=str(nation.file))
    assert await asyncio.to_thread(rebuilt.process.wait, 60) == 0

    assert "6 councils rebuilt" in rebuilt.written()
    await nation.assert_right()
    assert await night_alerts(settings) == told


async def test_a_lost_night_is_rebuilt_when_it_is_next_counted(
    settings: Settings,
    nation: Nation,
    declarations: Declarations,
    process: Process,
    redis: Redis,
) -> None:
    """The compare-and-set notices that Redis has lost the totals, or the state."""
    facts = night(seed=15)
    process("aggregator", "run")
    nation.start()
    keys = Keys(settings.namespace)
    lost = [keys.national("local.2026-05-07"), keys.night("local.2026-05-07")]
    for number, start in enumerate(range(0, len(facts), 20)):
        await declarations.count(facts[start : start + 20])
        await nation.counted()
        await redis.delete(lost[number % 2])
    await declarations.count(night(seed=16))
    await nation.counted()

    await nation.assert_right()


async def test_partitions_that_move_between_workers_change_no_result(
    settings: Settings, nation: Nation, declarations: Declarations, process: Process
) -> None:
    """Three aggregators and two workers of the nation, of which some come and go."""
    facts = night(seed=17, councils=6, wards=12)
    aggregators = [process("aggregator", "run", worker_id=f"a{number}") for number in range(3)]
    workers = [nation.start(worker_id=f"n{number}") for number in range(2)]
    for number, start in enumerate(range(0, len(facts), 40)):
        await declarations.count(facts[start : start + 40])
        moving = [workers[number % 2], aggregators[number % 3]]
        for each in moving:
            if number % 2:
                each.kill()
            else:
                await asyncio.to_thread(each.end)
            each.start()
    await declarations.count()
    await nation.counted()

    await nation.assert_right()
    right = await by_rules(settings, read_plan(nation.file))
    assert right.totals["night"]["councils"]["complete"] == 6


async def test_a_worker_ends_if_redis_is_ahead_of_it(
    nation: Nation,
    declarations: Declarations,
    process: Process,
    redis: Redis,
    eventually: Eventually,
) -> None:
    """If another worker has moved a watermark, this one ends with FENCED."""
    process("aggregator", "run")
    worker = nation.start()
    await declarations.count(night(seed=18))
    await nation.counted()
    keys = Keys(nation.settings.namespace).night_counted()
    marks = {number: await redis.get(keys.watermark(number)) for number in range(8)}
    ((number, mark),) = [(number, int(mark)) for number, mark in marks.items() if mark]
    await redis.set(keys.watermark(number), mark + 1)

    assert await eventually(worker.process.poll) == ExitStatus.FENCED


async def test_sigterm_stops_a_worker_without_loss(
    nation: Nation, declarations: Declarations, process: Process
) -> None:
    """SIGTERM in the middle of a night ends it with status 0, and nothing is lost."""
    first, second = halves(night(seed=19))
    process("aggregator", "run")
    worker = nation.start()
    await declarations.count(first)
    assert await asyncio.to_thread(worker.end) == 0
    await declarations.count(second)
    worker.start()
    await nation.counted()

    await nation.assert_right()
