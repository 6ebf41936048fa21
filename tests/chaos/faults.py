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
from tests.chaos.ground import Ground

SESSION_TIMEOUT_S = 7.0
"""The aggregator's; a worker that is silent for longer loses its partitions."""

CRASH_TIMEOUT_S = 15
"""How long a process may take to start and to reach the point at which it dies."""

CLOCK_JUMPS_S = (-86_400, -3_600, -600, 1_200, 10_800, 86_400)
"""By a day, an hour, and more than the notifier's quarter of an hour."""

PATIENCE_S = 120.0
"""How long Redis or the group is asked again: another fault may strike it meanwhile."""

AGGREGATOR_POINTS = (
    "after_decode",
    "after_fold",
    "after_publish",
    "after_commit",
    "after_watermark",
)
NOTIFIER_POINTS = ("notifier.received", "notifier.sent", "notifier.recorded")


@dataclass(slots=True)
class Field:
    """What faults strike at; `settings` lead there around the proxies."""

    ground: Ground
    crew: Crew
    settings: Settings
    chance: Random

    def workers(self) -> list[str]:
        return [name for name in self.crew.names if name.startswith("aggregator")]

    def worker(self) -> str:
        return self.chance.choice(self.workers())

    async def command(self, *words: str) -> None:
        """Has Redis do something, around the proxies, as soon as it answers."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    async with connect(self.settings) as redis:
                        await redis.execute_command(*words)
                except (RedisError, OSError):
                    await asyncio.sleep(0.1)
                else:
                    return


Fault = Callable[[Field], Awaitable[int | None]]
"""Strikes and lifts again; returns how many faults that was, None for one."""


def killed(kind: str) -> Fault:
    """A process dies at a random moment."""

    async def strike(field: Field) -> None:
        names = [name for name in field.crew.names if name.startswith(kind)]
        field.crew.signal(field.chance.choice(names), signal.SIGKILL)

    return strike


def crashed(kind: str, point: str) -> Fault:
    """A process dies now, and once more at a named point, some passages after its next start."""

    async def strike(field: Field) -> int:
        name = field.chance.choice([each for each in field.crew.names if each.startswith(kind)])
        before = len(field.crew.ends(name))
        field.crew.crash_next(name, f"{point}:{field.chance.randint(1, 3)}")
        field.crew.signal(name, signal.SIGKILL)
        return await _deaths(field, name, before)

    return strike


async def crashed_in_rebuild(field: Field) -> int:
    """Redis is emptied, and the worker that rebuilds it dies in the middle."""
    name = field.worker()
    before = len(field.crew.ends(name))
    field.crew.crash_next(name, "after_rebuild:1")
    field.crew.signal(name, signal.SIGKILL)
    await field.command("FLUSHALL")
    return 1 + await _deaths(field, name, before)


async def _deaths(field: Field, name: str, before: int) -> int:
    """Waits until a process has died twice; returns how often it has, where that takes long."""
    for _ in range(CRASH_TIMEOUT_S * 10):
        if len(field.crew.ends(name)) >= before + 2:
            break
        await asyncio.sleep(0.1)
    return len(field.crew.ends(name)) - before


async def terminated(field: Field) -> None:
    """A worker is asked to end in the middle of its batches."""
    field.crew.signal(field.worker(), signal.SIGTERM)


async def paused(field: Field) -> None:
    """A worker stands still for less than its session."""
    await _stopped(field, field.worker(), field.chance.uniform(1, 4))


def clock_set(kind: str) -> Fault:
    """A process's time of day jumps by hours, and back."""

    async def strike(field: Field) -> None:
        names = [name for name in field.crew.names if name.startswith(kind)]
        name = field.chance.choice(names)
        field.crew.set_clock(name, field.chance.choice(CLOCK_JUMPS_S))
        await asyncio.sleep(field.chance.uniform(2, 5))
        field.crew.set_clock(name, 0)

    return strike


async def zombie(field: Field) -> None:
    """A worker stands still until its partitions are another's, and comes back."""
    name = field.worker()
    stand_in = "aggregator-9"
    await field.crew.run(stand_in, "aggregator", "run", worker_id="9")
    await asyncio.sleep(4)
    await _stopped(field, name, SESSION_TIMEOUT_S + field.chance.uniform(2, 5))
    await asyncio.sleep(2)
    await field.crew.stop(stand_in)


async def _stopped(field: Field, name: str, seconds: float) -> None:
    field.crew.signal(name, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    field.crew.signal(name, signal.SIGCONT)


async def scaled(field: Field) -> int:
    """Workers go from one to three and back to one, under load."""
    others = ("aggregator-2", "aggregator-3")
    for name in others:
        await field.crew.run(name, "aggregator", "run", worker_id=name[-1])
        await asyncio.sleep(field.chance.uniform(1, 3))
    await asyncio.sleep(field.chance.uniform(2, 5))
    for name in others:
        await field.crew.stop(name, field.chance.choice((signal.SIGTERM, signal.SIGKILL)))
    return len(others)


def redis_restarted(*, empty: bool) -> Fault:
    """Redis dies, and comes back with what its disk has, or with nothing."""

    async def strike(field: Field) -> None:
        await asyncio.to_thread(field.ground.kill_redis)
        await asyncio.sleep(field.chance.uniform(0, 3))
        await asyncio.to_thread(lambda: field.ground.start_redis(empty=empty))

    return strike


async def redis_flushed(field: Field) -> None:
    """Somebody empties Redis."""
    await field.command("FLUSHALL")


async def redis_hung(field: Field) -> None:
    """Redis does not answer, for longer than a worker waits or for less."""
    field.ground.signal_redis(signal.SIGSTOP)
    await asyncio.sleep(field.chance.uniform(1, 8))
    field.ground.signal_redis(signal.SIGCONT)


async def redis_out_of_memory(field: Field) -> None:
    """Redis refuses every write for lack of memory."""
    await _configured(field, "maxmemory", "1mb", "1gb")


async def redis_without_replicas(field: Field) -> None:
    """Redis refuses to write while it has no replica."""
    await _configured(field, "min-replicas-to-write", "1", "0")


async def _configured(field: Field, name: str, fault: str, sound: str) -> None:
    await field.command("CONFIG", "SET", name, fault)
    try:
        await asyncio.sleep(field.chance.uniform(1, 6))
    finally:
        await field.command("CONFIG", "SET", name, sound)


async def redis_read_only(field: Field) -> None:
    """Redis is a replica for a while, and of nobody."""
    await field.command("REPLICAOF", "127.0.0.1", "1")
    await asyncio.sleep(field.chance.uniform(1, 6))
    await field.command("REPLICAOF", "NO", "ONE")


async def redis_disk_full(field: Field) -> None:
    """Redis cannot write to its disk."""
    await asyncio.to_thread(field.ground.fill_disk)
    await asyncio.sleep(field.chance.uniform(2, 6))
    await asyncio.to_thread(field.ground.empty_disk)


async def redis_cut(field: Field) -> None:
    """Redis cannot be reached."""
    field.ground.cut_redis()
    await asyncio.sleep(field.chance.uniform(1, 6))
    field.ground.mend_redis()


async def redis_slow(field: Field) -> None:
    """The way to Redis is slow."""
    field.ground.redis_link.delay_s = field.chance.uniform(0.02, 0.2)
    await asyncio.sleep(field.chance.uniform(2, 5))
    field.ground.mend_redis()


async def kafka_slow(field: Field) -> None:
    """The way to Kafka is slow."""
    for link in field.ground.kafka_links:
        link.delay_s = field.chance.uniform(0.02, 0.2)
    await asyncio.sleep(field.chance.uniform(2, 5))
    field.ground.mend_kafka()


def kafka_cut(seconds: float) -> Fault:
    """No broker can be reached."""

    async def strike(field: Field) -> None:
        field.ground.cut_kafka()
        await asyncio.sleep(seconds)
        field.ground.mend_kafka()

    return strike


async def kafka_silent(field: Field) -> None:
    """The brokers take what is sent, and nothing comes back."""
    for link in field.ground.kafka_links:
        link.silent = True
    await asyncio.sleep(field.chance.uniform(2, 6))
    field.ground.mend_kafka()


async def broker_killed(field: Field) -> None:
    """One of the brokers dies and comes back."""
    node = field.chance.randint(1, field.ground.brokers)
    await asyncio.to_thread(field.ground.kill_broker, node)
    await asyncio.sleep(field.chance.uniform(1, 5))
    await asyncio.to_thread(field.ground.start_broker, node)


async def broker_hung(field: Field) -> None:
    """One of the brokers stands still, for longer than its session."""
    node = field.chance.randint(1, field.ground.brokers)
    field.ground.signal_broker(node, signal.SIGSTOP)
    await asyncio.sleep(field.chance.uniform(2, 6))
    field.ground.signal_broker(node, signal.SIGCONT)


async def brokers_killed(field: Field) -> None:
    """Every broker dies, and all of them come back."""
    await asyncio.to_thread(field.ground.kill_brokers)
    await asyncio.sleep(field.chance.uniform(0, 2))
    await asyncio.to_thread(field.ground.start_brokers)
