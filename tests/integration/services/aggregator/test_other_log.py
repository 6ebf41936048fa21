"""A namespace whose topics were removed and made again."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from redis.asyncio import Redis

from services.aggregator.store import Store
from services.engine.other_log import remove_other_count
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from services.platform.topic_log import DeclarationsLog
from services.platform.topics import delete_topics
from tests.support import topics
from tests.support.aggregator_night import (
    Declarations,
    Fact,
    assert_counted,
    expected,
    night,
    stored,
)

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]


async def made_again(settings: Settings, eventually: Eventually) -> None:
    """Removes the topics, leaving Redis alone, and makes them anew."""
    await delete_topics(settings)

    topic = Topics(settings.namespace).declarations
    await eventually(lambda: topics.made_again(settings, topic))


async def counted(declarations: Declarations, process: Process, facts: list[Fact]) -> None:
    """Has an aggregator count events, and ends it."""
    aggregator = process("aggregator", "run")
    await declarations.count(facts)
    assert await asyncio.to_thread(aggregator.end) == 0


async def test_another_log_is_recognised_whatever_its_length(
    settings: Settings, declarations: Declarations, process: Process, eventually: Eventually
) -> None:
    """What Redis has of the old log is not taken for the new one's, and a rebuild removes it."""
    await counted(declarations, process, night(seed=1))
    await made_again(settings, eventually)
    # Longer than the first in every partition; repeats change nothing.
    second = night(seed=2) * 3
    await declarations.send(second)

    refused = process("aggregator", "run")
    assert await asyncio.to_thread(refused.process.wait, 60) == 75
    assert "another log" in refused.written()
    assert "livecount rebuild" in refused.written()

    rebuilt = process("rebuild")
    assert await asyncio.to_thread(rebuilt.process.wait, 60) == 0
    assert "another log" in rebuilt.written()
    right = expected(second)
    await counted(declarations, process, [])
    assert await stored(settings, right.totals) == right


async def test_a_worker_that_runs_meanwhile_ends(
    settings: Settings, declarations: Declarations, process: Process, eventually: Eventually
) -> None:
    """Also if its client saw nothing of the change, and its group goes on as before."""
    aggregator = process("aggregator", "run")
    await declarations.count(night(seed=1))
    aggregator.process.send_signal(signal.SIGSTOP)
    await made_again(settings, eventually)
    await declarations.send(night(seed=2))
    aggregator.process.send_signal(signal.SIGCONT)

    assert await eventually(aggregator.process.poll) == 75
    assert "another log" in aggregator.written()


async def test_a_rebuild_leaves_a_count_that_goes_on_alone(
    settings: Settings, redis: Redis, declarations: Declarations, process: Process
) -> None:
    """What is counted while it looks at the log does not make Redis another log's."""
    facts = night(seed=1)
    process("aggregator", "run")
    await declarations.count(facts[:20])

    class Growing(DeclarationsLog):
        """A log that grows, and is counted, just after its ends were read."""

        async def ends(self) -> dict[int, int]:
            found = await super().ends()
            await declarations.count(facts[20:])
            return found

    log = Growing(settings, lambda: None)
    assert not await remove_other_count(log, Store(redis, Keys(settings.namespace)))
    await assert_counted(settings, facts)


async def test_a_count_of_an_earlier_version_goes_on(
    settings: Settings, redis: Redis, declarations: Declarations, process: Process
) -> None:
    """Its Redis does not say whose it is: it belongs to the log that there is."""
    facts = night(seed=1)
    await counted(declarations, process, facts[:20])
    log = Keys(settings.namespace).log()
    known = await redis.getdel(log)
    await counted(declarations, process, facts[20:])

    await assert_counted(settings, facts)
    assert await redis.get(log) == known


async def test_removing_the_topics_clears_redis(
    settings: Settings, redis: Redis, declarations: Declarations, process: Process
) -> None:
    """`topics delete` leaves nothing of the namespace behind, and nothing else is touched."""
    await counted(declarations, process, night(seed=1))
    other = f"{settings.namespace}-other:elections"
    await redis.set(other, "kept")
    removed = process("topics", "delete", "--yes")
    assert await asyncio.to_thread(removed.process.wait, 60) == 0

    left = [key async for key in redis.scan_iter(Keys(settings.namespace).pattern())]
    assert left == []
    assert await redis.get(other) == b"kept"
    await redis.delete(other)
    assert "removed" in removed.written()
