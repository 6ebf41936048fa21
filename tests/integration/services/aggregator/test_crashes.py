from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from redis.asyncio import Redis

from services.platform.exit_status import ExitStatus
from services.platform.names import Keys
from services.platform.settings import Settings
from services.platform.stack.stack import Stack
from tests.support.aggregator_night import (
    Declarations,
    Fact,
    alert_ids,
    assert_counted,
    expected,
    ids,
    night,
)

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]


def halves(facts: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Returns the events before and after the middle of a night."""
    middle = len(facts) // 2
    return facts[:middle], facts[middle:]


@pytest.mark.parametrize(
    "point",
    ["after_decode", "after_fold", "after_publish", "after_commit", "after_watermark"],
)
async def test_a_kill_between_two_steps_changes_no_result(
    point: str,
    settings: Settings,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
) -> None:
    """After a kill at any point of the commit order and a restart, the results are the same."""
    facts = night(seed=11)
    first, second = halves(facts)
    assert ids(expected(facts)) > ids(expected(first))
    worker = process("aggregator", "run")
    await declarations.count(first)
    worker.kill()
    await declarations.send(second)
    doomed = process("aggregator", "run", crash_at=point)
    await eventually(lambda: doomed.process.poll() is not None)
    assert doomed.process.returncode == -signal.SIGKILL
    process("aggregator", "run")
    await declarations.count()

    await assert_counted(settings, facts)


async def test_a_kill_at_any_time_changes_no_result(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
) -> None:
    """After a SIGKILL in the middle of a night and a restart, the results are the same."""
    facts = night(seed=12, councils=40)
    first, second = halves(facts)
    worker = process("aggregator", "run")
    await declarations.send(first)
    await eventually(declarations.some_counted)
    worker.kill()
    worker.start()
    await declarations.count(second)

    await assert_counted(settings, facts)


async def test_an_emptied_redis_is_rebuilt_without_a_new_declaration(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    redis: Redis,
) -> None:
    """After FLUSHALL everything is back within seconds, and counting goes on."""
    facts = night(seed=13)
    first, second = halves(facts)
    process("aggregator", "run")
    await declarations.count(first)
    await redis.flushall()
    await declarations.count()
    await assert_counted(settings, first)

    await redis.flushall()
    await declarations.count(second)
    await assert_counted(settings, facts)
    assert len(await alert_ids(settings)) >= len(ids(expected(facts)))


async def test_an_empty_redis_is_rebuilt_at_the_start(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    redis: Redis,
) -> None:
    """A worker that finds Redis empty replays the log, and publishes no alert a second time."""
    facts = night(seed=14)
    worker = process("aggregator", "run")
    await declarations.count(facts)
    assert worker.end() == 0
    await redis.flushall()
    worker.start()
    await declarations.count()

    await assert_counted(settings, facts)
    published = await alert_ids(settings)
    assert len(published) == len(set(published))


async def test_redis_is_rebuilt_by_command(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    redis: Redis,
    eventually: Eventually,
) -> None:
    """`livecount rebuild` rebuilds Redis from the log without a worker, and publishes nothing."""
    facts = night(seed=21)
    worker = process("aggregator", "run")
    await declarations.count(facts)
    assert worker.end() == 0
    published = await alert_ids(settings)
    await redis.flushall()
    rebuilt = process("rebuild")

    assert await eventually(lambda: rebuilt.process.poll() is not None)
    assert (rebuilt.process.returncode, rebuilt.written()) == (0, "6 councils rebuilt\n")
    assert await declarations.counted()
    await assert_counted(settings, facts)
    assert await alert_ids(settings) == published


async def test_a_single_lost_council_is_rebuilt_when_it_is_next_counted(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    redis: Redis,
) -> None:
    """The compare-and-set notices that Redis has lost it, and the result is right."""
    facts = night(seed=15)
    first, second = halves(facts)
    process("aggregator", "run")
    await declarations.count(first)
    keys = Keys(settings.namespace)
    lost = second[0].council
    await redis.delete(keys.council(lost), keys.wards(lost), keys.alerts(lost))
    await declarations.count(second)

    await assert_counted(settings, facts)


@pytest.mark.parametrize("empty", [False, True])
async def test_without_redis_it_ends_and_acknowledges_nothing(  # noqa: PLR0913, PLR0917 - fixtures
    empty: bool,  # noqa: FBT001 - a parameter of the test
    stack: Stack,
    settings: Settings,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
) -> None:
    """Without Redis the worker ends with REDIS_UNAVAILABLE, and a restart loses nothing."""
    facts = night(seed=16)
    first, second = halves(facts)
    worker = process("aggregator", "run")
    await declarations.count(first)
    stack.kill_redis()
    try:
        await declarations.send(second)
        status = await eventually(worker.process.poll)
    finally:
        stack.start_redis(empty=empty)
    assert status == ExitStatus.REDIS_UNAVAILABLE
    worker.start()
    await declarations.count()

    await assert_counted(settings, facts)


async def test_a_worker_ends_if_redis_is_ahead_of_it(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    redis: Redis,
    eventually: Eventually,
) -> None:
    """If another worker has moved a watermark, this one ends with FENCED."""
    facts = night(seed=17)
    first, _ = halves(facts)
    worker = process("aggregator", "run")
    await declarations.count(first)
    partition, end = next(iter(declarations.ends.items()))
    await redis.set(Keys(settings.namespace).watermark(partition), end + 1)

    assert await eventually(worker.process.poll) == ExitStatus.FENCED


async def test_the_redis_of_another_log_is_refused(
    settings: Settings, process: Process, redis: Redis, eventually: Eventually
) -> None:
    """If Redis has more than the log, the worker ends instead of skipping declarations."""
    await redis.set(Keys(settings.namespace).watermark(0), 1_000)
    worker = process("aggregator", "run")

    assert await eventually(worker.process.poll) == ExitStatus.FENCED
    assert "another log" in worker.written()


@pytest.mark.parametrize("known", [0, 2, 3])
async def test_a_state_of_another_version_is_rebuilt(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    redis: Redis,
    known: int,
) -> None:
    """A council whose state this version cannot read is rebuilt from the log."""
    facts = night(seed=20)
    first, second = halves(facts)
    worker = process("aggregator", "run")
    await declarations.count(first)
    worker.kill()
    for council in {fact.council for fact in first}:
        key = Keys(settings.namespace).council(council)
        state = await redis.hget(key, "state")
        assert state is not None
        other = state.replace(b'"format":4', b'"format":%d' % known)
        assert other != state
        await redis.hset(key, "state", other)
    worker.start()
    await declarations.count(second)

    await assert_counted(settings, facts)


async def test_a_worker_that_was_stopped_past_its_session_does_no_harm(
    settings: Settings,
    declarations: Declarations,
    process: Process,
) -> None:
    """When it goes on it rejoins the group or ends, and the results are right."""
    facts = night(seed=18, councils=24)
    first, second = halves(facts)
    zombie = process("aggregator", "run", worker_id="1")
    process("aggregator", "run", worker_id="2")
    await declarations.count(first)
    zombie.process.send_signal(signal.SIGSTOP)
    await declarations.count(second)
    zombie.process.send_signal(signal.SIGCONT)
    await declarations.count(facts)

    await assert_counted(settings, facts)
    assert zombie.process.poll() in {None, ExitStatus.FENCED}


async def test_too_many_invalid_messages_stop_the_worker(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
) -> None:
    """If most messages are invalid, the worker ends instead of setting all of them aside."""
    topic = f"{settings.namespace}.declarations"
    waiting = [
        await kafka_producer.send(topic, b"invalid", key=b"local.a.2026-05-07") for _ in range(600)
    ]
    for sent in waiting:
        await sent
    worker = process("aggregator", "run")

    assert await eventually(worker.process.poll) == ExitStatus.TOO_MANY_REJECTS


async def test_sigterm_stops_the_worker_without_loss(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
) -> None:
    """SIGTERM in the middle of a night ends it with status 0, and nothing is lost."""
    facts = night(seed=19, councils=40)
    worker = process("aggregator", "run")
    await declarations.send(facts)
    await eventually(declarations.some_counted)
    assert worker.end() == 0
    worker.start()
    await declarations.count()

    await assert_counted(settings, facts)
