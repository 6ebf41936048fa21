"""Latency: from just before the producer's send to the alert read back from Kafka.

Every declaration decides a council of 21 wards the other way than the one before, so every one
makes an alert. The producer and the reader share one process and one clock.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import orjson
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from redis.asyncio import Redis

from benchmarks.bed import load_average, namespace, produce
from benchmarks.delays import percentile
from benchmarks.engine import Engine
from benchmarks.load import Place, all_but_the_last, in_the_balance, swing
from benchmarks.messages import Message, messages
from benchmarks.running import Running
from services.platform import kafka
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from services.platform.stack.stack import Stack

COUNCILS = 160
READY_TIMEOUT_S = 60.0
LAST_ALERT_TIMEOUT_S = 20.0
IDLE_S = 1.0
WARM_S = 0.5
"""The beginning of each turn is not measured: connections and caches are cold."""

T = TypeVar("T")


@dataclass(slots=True)
class Latency:
    """The results of one turn at one rate, in milliseconds; rounds are counted from 1."""

    engine: str
    rate_per_s: int
    samples: int = 0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    longest_ms: float = 0.0
    load_before: float = 0.0
    fault: str | None = None
    round: int = 0

    def plain(self) -> dict[str, Any]:
        """Returns the run for JSON."""
        return asdict(self)


@dataclass(slots=True)
class Swings:
    """The declarations of the last wards, in order, made before any is sent."""

    stood: list[Place]
    chance: random.Random
    made: int = 0
    revisions: dict[str, int] = field(default_factory=dict)

    def take(self, number: int) -> list[tuple[str, int, Message]]:
        """Returns the next declarations: council, revision and message."""
        found = []
        for _ in range(number):
            place = self.stood[self.made % len(self.stood)]
            revision = self.revisions[place.council] = self.revisions.get(place.council, 0) + 1
            (message,) = messages([swing(place, revision, self.chance)])
            found.append((place.council, revision, message))
            self.made += 1
        return found


@dataclass(frozen=True, slots=True)
class _Entrant:
    """An engine that is up, with the producer and the reader that measure it."""

    running: Running
    swings: Swings
    reader: AIOKafkaConsumer
    producer: AIOKafkaProducer
    topic: str

    async def turn(self, rate_per_s: int, seconds: float) -> Latency:
        """Returns the results of a turn at a rate."""
        result = Latency(self.running.engine.name, rate_per_s, load_before=load_average())
        planned = self.swings.take(int(rate_per_s * (seconds + WARM_S)))
        await _at(result, planned, self.reader, self.producer, self.topic)
        self.running.check()
        return result

    async def stop(self) -> None:
        """Disconnects."""
        await self.producer.stop()
        await self.reader.stop()


def measure(  # noqa: PLR0913, PLR0917 - what is measured, and how much of it
    stack: Stack,
    engines: Sequence[Engine],
    rates: Sequence[int],
    rounds: int,
    seconds: float,
    logs: Path,
) -> Iterator[Latency]:
    """Yields each engine's turns: in every round, at each rate a second, one after the other.

    All engines are up all the time and have the load in turn, for `seconds` each, so that a
    machine that is faster at some times than at others treats all alike. An engine that fails
    yields one turn with its fault and has no more.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, ExitStack() as stacked:
        up = [_up(stacked, stack, engine, logs) for engine in engines]
        entrants = []
        for running, settings, swings, before in up:
            started = _or_fault(runner, running, _started(running, settings, swings, before))
            if isinstance(started, Latency):
                yield started
            else:
                stacked.callback(lambda each=started: runner.run(each.stop()))
                entrants.append(started)
        for number in range(rounds):
            for rate in rates:
                # Another engine goes first in each round.
                first = number % len(entrants) if entrants else 0
                for entrant in entrants[first:] + entrants[:first]:
                    turn = _or_fault(runner, entrant.running, entrant.turn(rate, seconds))
                    turn.round, turn.rate_per_s = number + 1, rate
                    if turn.fault:
                        entrants.remove(entrant)
                    yield turn


def _or_fault(
    runner: asyncio.Runner, running: Running, work: Coroutine[Any, Any, T]
) -> T | Latency:
    try:
        return runner.run(work)
    except (RuntimeError, TimeoutError) as error:
        return Latency(running.engine.name, 0, load_before=load_average(), fault=str(error))


def _up(
    stacked: ExitStack, stack: Stack, engine: Engine, logs: Path
) -> tuple[Running, Settings, Swings, int]:
    """Returns an engine that counts a night up to its councils' last wards."""
    chance = random.Random(COUNCILS)  # noqa: S311 - a load to repeat, no secret
    stood = in_the_balance(COUNCILS)
    before = messages(event for place in stood for event in all_but_the_last(place, chance))
    settings = stacked.enter_context(namespace(stack))
    produce(settings, before)
    log = logs / f"{engine.name}-{settings.namespace}.log"
    running = stacked.enter_context(Running(engine, settings, log))
    return running, settings, Swings(stood, chance), len(before)


async def _started(running: Running, settings: Settings, swings: Swings, before: int) -> _Entrant:
    """Returns once the engine has counted everything sent so far, and is idle."""
    topics = Topics(settings.namespace)
    reader = kafka.consumer(settings, group_id=None, client_id="bench-reader")
    producer = kafka.producer(settings, "bench-producer")
    await reader.start()
    await producer.start()
    places = [TopicPartition(topics.alerts, each) for each in range(settings.kafka_partitions)]
    reader.assign(places)
    await _ready(running, settings, reader, places, before)
    await reader.seek_to_end(*places)
    return _Entrant(running, swings, reader, producer, topics.declarations)


async def _ready(
    running: Running,
    settings: Settings,
    reader: AIOKafkaConsumer,
    places: list[TopicPartition],
    before: int,
) -> None:
    """Waits until the engine has counted everything sent so far, so that it is idle."""
    if running.engine.name != "echo":
        await until_counted(running, settings, before // COUNCILS)
        return
    deadline = time.monotonic() + READY_TIMEOUT_S
    while sum((await reader.end_offsets(places)).values()) < before:
        running.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"echo was not ready after {READY_TIMEOUT_S:g} s")
        await asyncio.sleep(0.1)
    await asyncio.sleep(IDLE_S)


async def until_counted(running: Running, settings: Settings, in_all: int) -> None:
    """Waits until Redis has `in_all` changes of each council, and IDLE_S longer.

    Raises TimeoutError if an engine takes longer than READY_TIMEOUT_S.
    """
    redis = Redis.from_url(settings.redis_url.get_secret_value())
    keys, deadline = Keys(settings.namespace), time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        running.check()
        async with redis.pipeline(transaction=False) as pipeline:
            for place in in_the_balance_ids():
                pipeline.hget(keys.council(place), "version")
            versions = await pipeline.execute()
        if all(int(version or 0) >= in_all for version in versions):
            await redis.aclose()
            await asyncio.sleep(IDLE_S)
            return
        await asyncio.sleep(0.1)
    raise TimeoutError(f"{running.engine.name} was not ready after {READY_TIMEOUT_S:g} s")


def in_the_balance_ids() -> list[str]:
    """Returns the ids of the councils that are measured."""
    return [f"local.shire-{number}.2014-05-22" for number in range(1, COUNCILS * 2, 2)]


async def _at(
    result: Latency,
    planned: list[tuple[str, int, Message]],
    reader: AIOKafkaConsumer,
    producer: AIOKafkaProducer,
    topic: str,
) -> None:
    """Sends at a steady rate and reads what comes back."""
    sent: dict[tuple[str, int], float] = {}
    latencies: dict[tuple[str, int], float] = {}
    reading = asyncio.create_task(_read(reader, sent, latencies, len(planned)))
    start = time.perf_counter()
    for number, (council, revision, message) in enumerate(planned):
        wait = start + number / result.rate_per_s - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        sent[council, revision] = time.perf_counter()
        await producer.send(topic, message.value, key=message.key, headers=message.headers)
    try:
        await asyncio.wait_for(reading, LAST_ALERT_TIMEOUT_S)
    except TimeoutError:
        result.fault = f"{len(planned) - len(latencies)} of {len(planned)} alerts did not come"
    warm = {(c, r) for c, r, _ in planned[: int(result.rate_per_s * WARM_S)]}
    measured = sorted(ms for key, ms in latencies.items() if key not in warm)
    result.samples = len(measured)
    if measured:
        result.p50_ms = statistics.median(measured)
        result.p99_ms = percentile(measured, 0.99)
        result.longest_ms = measured[-1]


async def _read(
    reader: AIOKafkaConsumer,
    sent: dict[tuple[str, int], float],
    latencies: dict[tuple[str, int], float],
    wanted: int,
) -> None:
    """Records when each declaration's alert has been read: the raised one about control."""
    while len(latencies) < wanted:
        found = await reader.getmany(timeout_ms=1_000)
        now = time.perf_counter()
        for record in (each for some in found.values() for each in some):
            value = orjson.loads(record.value)
            if value.get("kind", "control") != "control" or value.get("action") == "retract":
                continue
            key = (value["council"], value.get("cause_revision", value.get("revision")))
            if key in sent and key not in latencies:
                latencies[key] = (now - sent[key]) * 1_000
