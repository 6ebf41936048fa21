"""Faults: each strikes, lasts, and is lifted again."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from redis.exceptions import RedisError

from services.platform.redis import connect
from services.platform.settings import Settings
from tests.chaos.crew import Crew
from tests.chaos.nation import FILE as NATION_FILE
from tests.chaos.proxied_stack import ProxiedStack

SESSION_TIMEOUT_S = 7.0
"""The aggregator's; a worker that is silent for longer loses its partitions."""

CRASH_TIMEOUT_S = 15
"""How long a process may take to start and to reach the point at which it dies."""

CLOCK_JUMPS_S = (-86_400, -3_600, -600, 1_200, 10_800, 86_400)
"""By a day, an hour, and more than the notifier's quarter of an hour."""

PATIENCE_S = 120.0
"""How long a request to Redis or the group is retried: another fault may strike it meanwhile."""

AGGREGATOR_POINTS = (
    "after_decode",
    "after_fold",
    "after_publish",
    "after_commit",
    "after_watermark",
)
NATION_POINTS = ("after_relay", *AGGREGATOR_POINTS)
NOTIFIER_POINTS = ("notifier.received", "notifier.sent", "notifier.recorded")


@dataclass(slots=True)
class Target:
    """What faults strike at. `settings` bypass the proxies."""

    stack: ProxiedStack
    crew: Crew
    settings: Settings
    chance: Random

    def workers(self) -> list[str]:
        return [name for name in self.crew.names if name.startswith("aggregator")]

    def worker(self) -> str:
        return self.chance.choice(self.workers())

    async def command(self, *words: str) -> None:
        """Sends Redis a command, past the proxies, as soon as it answers."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    async with connect(self.settings) as redis:
                        await redis.execute_command(*words)
                except (RedisError, OSError):
                    await asyncio.sleep(0.1)
                else:
                    return


Fault = Callable[[Target], Awaitable[int | None]]
"""Strikes and is lifted again; returns how many faults that was, None for one."""


def killed(kind: str) -> Fault:
    """A process dies at a random time."""

    async def strike(target: Target) -> None:
        names = [name for name in target.crew.names if name.startswith(kind)]
        target.crew.signal(target.chance.choice(names), signal.SIGKILL)

    return strike


def crashed(kind: str, point: str) -> Fault:
    """A process dies now, and once more at a failpoint some time after its next start."""

    async def strike(target: Target) -> int:
        name = target.chance.choice([each for each in target.crew.names if each.startswith(kind)])
        before = len(target.crew.ends(name))
        target.crew.crash_next(name, f"{point}:{target.chance.randint(1, 3)}")
        target.crew.signal(name, signal.SIGKILL)
        return await _deaths(target, name, before)

    return strike


async def crashed_in_rebuild(target: Target) -> int:
    """Redis is emptied, and the worker that rebuilds it dies in the middle."""
    name = target.worker()
    before = len(target.crew.ends(name))
    target.crew.crash_next(name, "after_rebuild:1")
    target.crew.signal(name, signal.SIGKILL)
    await target.command("FLUSHALL")
    return 1 + await _deaths(target, name, before)


async def _deaths(target: Target, name: str, before: int) -> int:
    """Waits up to CRASH_TIMEOUT_S until a process has died twice; returns how often it has."""
    for _ in range(CRASH_TIMEOUT_S * 10):
        if len(target.crew.ends(name)) >= before + 2:
            break
        await asyncio.sleep(0.1)
    return len(target.crew.ends(name)) - before


async def terminated(target: Target) -> None:
    """A worker is asked to end in the middle of its batches."""
    target.crew.signal(target.worker(), signal.SIGTERM)


async def nation_terminated(target: Target) -> None:
    """A worker of the nation is asked to end in the middle of its batches."""
    target.crew.signal("nation-1", signal.SIGTERM)


async def paused(target: Target) -> None:
    """A worker is paused for less than its session timeout."""
    await _stopped(target, target.worker(), target.chance.uniform(1, 4))


async def nation_zombie(target: Target) -> None:
    """A worker of the nation is paused until another has its partitions, and comes back."""
    stand_in = "nation-9"
    await target.crew.run(stand_in, "nation", "run", worker_id="9", nation_file=str(NATION_FILE))
    await asyncio.sleep(4)
    await _stopped(target, "nation-1", SESSION_TIMEOUT_S + target.chance.uniform(2, 5))
    await asyncio.sleep(2)
    await target.crew.stop(stand_in, target.chance.choice((signal.SIGTERM, signal.SIGKILL)))


def clock_set(kind: str) -> Fault:
    """A process's time of day jumps by hours, and back."""

    async def strike(target: Target) -> None:
        names = [name for name in target.crew.names if name.startswith(kind)]
        name = target.chance.choice(names)
        target.crew.set_clock(name, target.chance.choice(CLOCK_JUMPS_S))
        await asyncio.sleep(target.chance.uniform(2, 5))
        target.crew.set_clock(name, 0)

    return strike


async def zombie(target: Target) -> None:
    """A worker is paused until another has its partitions, and comes back."""
    name = target.worker()
    stand_in = "aggregator-9"
    await target.crew.run(stand_in, "aggregator", "run", worker_id="9")
    await asyncio.sleep(4)
    await _stopped(target, name, SESSION_TIMEOUT_S + target.chance.uniform(2, 5))
    await asyncio.sleep(2)
    await target.crew.stop(stand_in)


async def _stopped(target: Target, name: str, seconds: float) -> None:
    target.crew.signal(name, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    target.crew.signal(name, signal.SIGCONT)


async def scaled(target: Target) -> int:
    """Workers go from one to three and back to one, under load."""
    others = ("aggregator-2", "aggregator-3")
    for name in others:
        await target.crew.run(name, "aggregator", "run", worker_id=name[-1])
        await asyncio.sleep(target.chance.uniform(1, 3))
    await asyncio.sleep(target.chance.uniform(2, 5))
    for name in others:
        await target.crew.stop(name, target.chance.choice((signal.SIGTERM, signal.SIGKILL)))
    return len(others)


def redis_restarted(*, empty: bool) -> Fault:
    """Redis dies, and comes back with what its disk has, or with nothing."""

    async def strike(target: Target) -> None:
        await asyncio.to_thread(target.stack.kill_redis)
        await asyncio.sleep(target.chance.uniform(0, 3))
        await asyncio.to_thread(lambda: target.stack.start_redis(empty=empty))

    return strike


async def redis_flushed(target: Target) -> None:
    """Somebody empties Redis."""
    await target.command("FLUSHALL")


async def redis_hung(target: Target) -> None:
    """Redis does not answer, for longer than a worker waits or for less."""
    target.stack.signal_redis(signal.SIGSTOP)
    await asyncio.sleep(target.chance.uniform(1, 8))
    target.stack.signal_redis(signal.SIGCONT)


async def redis_out_of_memory(target: Target) -> None:
    """Redis refuses every write for lack of memory."""
    await _configured(target, "maxmemory", "1mb", "1gb")


async def redis_without_replicas(target: Target) -> None:
    """Redis refuses to write while it has no replica."""
    await _configured(target, "min-replicas-to-write", "1", "0")


async def _configured(target: Target, name: str, fault: str, sound: str) -> None:
    await target.command("CONFIG", "SET", name, fault)
    try:
        await asyncio.sleep(target.chance.uniform(1, 6))
    finally:
        await target.command("CONFIG", "SET", name, sound)


async def redis_read_only(target: Target) -> None:
    """Redis is a read-only replica for a while, of a server that is not there."""
    await target.command("REPLICAOF", "127.0.0.1", "1")
    await asyncio.sleep(target.chance.uniform(1, 6))
    await target.command("REPLICAOF", "NO", "ONE")


async def redis_disk_full(target: Target) -> None:
    """Redis cannot write to its disk."""
    await asyncio.to_thread(target.stack.fill_disk)
    await asyncio.sleep(target.chance.uniform(2, 6))
    await asyncio.to_thread(target.stack.empty_disk)


async def redis_cut(target: Target) -> None:
    """Redis cannot be reached."""
    target.stack.cut_redis()
    await asyncio.sleep(target.chance.uniform(1, 6))
    target.stack.mend_redis()


async def redis_slow(target: Target) -> None:
    """The network to Redis is slow."""
    target.stack.redis_link.delay_s = target.chance.uniform(0.02, 0.2)
    await asyncio.sleep(target.chance.uniform(2, 5))
    target.stack.mend_redis()


async def kafka_slow(target: Target) -> None:
    """The network to Kafka is slow."""
    for link in target.stack.kafka_links:
        link.delay_s = target.chance.uniform(0.02, 0.2)
    await asyncio.sleep(target.chance.uniform(2, 5))
    target.stack.mend_kafka()


def kafka_cut(seconds: float) -> Fault:
    """No broker can be reached."""

    async def strike(target: Target) -> None:
        target.stack.cut_kafka()
        await asyncio.sleep(seconds)
        target.stack.mend_kafka()

    return strike


async def kafka_silent(target: Target) -> None:
    """The brokers' connections stay open, and nothing gets through."""
    for link in target.stack.kafka_links:
        link.silent = True
    await asyncio.sleep(target.chance.uniform(2, 6))
    target.stack.mend_kafka()


async def broker_killed(target: Target) -> None:
    """One of the brokers dies and comes back."""
    node = target.chance.randint(1, target.stack.brokers)
    await asyncio.to_thread(target.stack.kill_broker, node)
    await asyncio.sleep(target.chance.uniform(1, 5))
    await asyncio.to_thread(target.stack.start_broker, node)


async def broker_hung(target: Target) -> None:
    """One of the brokers is paused."""
    node = target.chance.randint(1, target.stack.brokers)
    target.stack.signal_broker(node, signal.SIGSTOP)
    await asyncio.sleep(target.chance.uniform(2, 6))
    target.stack.signal_broker(node, signal.SIGCONT)


async def brokers_killed(target: Target) -> None:
    """Every broker dies, and all of them come back."""
    await asyncio.to_thread(target.stack.kill_brokers)
    await asyncio.sleep(target.chance.uniform(0, 2))
    await asyncio.to_thread(target.stack.start_brokers)
