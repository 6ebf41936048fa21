"""Throughput: one engine counts a backlog; its outputs are compared with the pure fold."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from redis import Redis

from benchmarks.bed import load_average, namespace, produce
from benchmarks.engine import Engine
from benchmarks.group import held, until_joined
from benchmarks.librdkafka import librdkafka
from benchmarks.messages import Expected, Message
from benchmarks.running import Running
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from services.platform.stack.stack import Stack

POLL_S = 0.05
RUN_TIMEOUT_S = 240.0
WARM_FRACTION = 0.1
"""Measuring starts when a tenth is done: start, joining and first fetches are not throughput."""


@dataclass(slots=True)
class Run:
    """The results of one run. If it has a `fault`, it does not count."""

    engine: str
    declarations: int
    workers: int = 1
    declarations_per_s: float = 0.0
    cpu_s_per_1000: float = 0.0
    memory_peak_bytes: int = 0
    start_s: float = 0.0
    load_before: float = 0.0
    totals_messages: int = 0
    kafka_cpu_s_per_1000: float = 0.0
    redis_cpu_s_per_1000: float = 0.0
    redis_bytes: int = 0
    councils: int = 0
    fault: str | None = None

    def plain(self) -> dict[str, Any]:
        """Returns the run for JSON."""
        return asdict(self)


def measure(  # noqa: PLR0913 - where, what and how many
    stack: Stack,
    engine: Engine,
    load: list[Message],
    wanted: Expected,
    logs: Path,
    *,
    workers: int = 0,
) -> Run:
    """Returns one run of an engine on a load in a namespace of its own.

    Without `workers` a single process starts on the backlog. With `workers`, so many have joined
    before there is one; all of it is measured then, as no worker has to start.
    """
    run = Run(engine.name, len(load), workers or 1, councils=len(wanted.councils))
    with namespace(stack) as settings, ExitStack() as started:
        if not workers:
            produce(settings, load)
            time.sleep(1.0)
        run.load_before = load_average()
        redis = Redis.from_url(settings.redis_url.get_secret_value())
        empty_bytes = redis.info("memory")["used_memory"]
        servers = {name: pid for name, pid in stack.running().items() if pid}
        running = [
            started.enter_context(
                Running(
                    engine,
                    settings,
                    logs / f"{engine.name}-{settings.namespace}-{number}.log",
                    environment={"LIVECOUNT_WORKER_ID": str(number)},
                    servers=servers if number == 1 else {},
                )
            )
            for number in range(1, run.workers + 1)
        ]
        try:
            if workers:
                until_joined(running, settings)
                with held(running):
                    produce(settings, load)
            held_until = time.time()
            finished = _until_done(running, settings, wanted)
        except (RuntimeError, TimeoutError) as error:
            run.fault = str(error)
            return run
        run.memory_peak_bytes = max(each.sample().memory_peak_bytes for each in running)
        run.redis_bytes = redis.info("memory")["used_memory"] - empty_bytes
        started.close()
        topics = Topics(settings.namespace)
        totals, alerts = read(settings, topics.totals), read(settings, topics.alerts)
        run.totals_messages = len(totals)
        run.fault = _compare(settings, totals, alerts, wanted)
        run.start_s = min((each[0] for each in totals), default=0.0) - running[0].started
        begun = (held_until, 0) if workers else _when_warm(totals, wanted.changes)
        _rate(run, running, begun, wanted.changes, finished)
    return run


def _until_done(running: Sequence[Running], settings: Settings, wanted: Expected) -> float:
    """Waits until Redis has the last version of every council; returns when it had."""
    redis = Redis.from_url(settings.redis_url.get_secret_value())
    keys = Keys(settings.namespace)
    left = {name: council.version for name, council in wanted.councils.items()}
    # Few councils are asked for at a time, so that checking costs almost nothing.
    order = list(left)
    deadline = time.monotonic() + RUN_TIMEOUT_S
    while order:
        for each in running:
            each.check()
            each.sample()
        asked = order[-100:]
        pipeline = redis.pipeline(transaction=False)
        for name in asked:
            pipeline.hget(keys.council(name), "version")
        at = time.time()
        found = dict(zip(asked, pipeline.execute(), strict=True))
        waiting = [name for name in asked if int(found[name] or 0) < left[name]]
        order = order[:-100] + waiting
        if waiting:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(order)} councils were not counted in {RUN_TIMEOUT_S:g} s")
            time.sleep(POLL_S)
    return at


def read(settings: Settings, topic: str) -> list[tuple[float, str, Any]]:
    """Returns a topic's messages: when the broker appended each, its key, its JSON."""
    consumer = Consumer(
        {
            **librdkafka(settings),
            "group.id": "bench-reader",
            "enable.auto.commit": False,
        }
    )
    partitions = list(consumer.list_topics(topic).topics[topic].partitions)
    places = [TopicPartition(topic, each, OFFSET_BEGINNING) for each in partitions]
    left = sum(
        consumer.get_watermark_offsets(place)[1] - consumer.get_watermark_offsets(place)[0]
        for place in places
    )
    consumer.assign(places)
    found = []
    while left > 0:
        for message in consumer.consume(min(left, 5_000), 5.0):
            found.append(
                (
                    message.timestamp()[1] / 1_000,
                    message.key().decode(),
                    orjson.loads(message.value()),
                )
            )
            left -= 1
    consumer.close()
    return found


def _compare(
    settings: Settings,
    totals: list[tuple[float, str, Any]],
    alerts: list[tuple[float, str, Any]],
    wanted: Expected,
) -> str | None:
    """Returns what differs from the pure fold, or None if nothing does."""
    last = {key: value for _, key, value in totals}
    right = {key: orjson.loads(value) for key, value in wanted.totals().items()}
    wrong = [key for key in right if last.get(key) != right[key]]
    if wrong or len(last) != len(right):
        return f"totals topic: {len(wrong)} of {len(right)} councils are wrong: {wrong[:3]}"
    found: dict[str, list[str]] = {}
    for _, key, value in alerts:
        found.setdefault(key, []).append(value["id"])
    if found != wanted.alerts:
        wrong = [key for key in wanted.alerts if found.get(key) != wanted.alerts[key]]
        return f"alerts topic: {len(wrong)} councils are wrong: {wrong[:3]}"
    redis, keys = Redis.from_url(settings.redis_url.get_secret_value()), Keys(settings.namespace)
    pipeline = redis.pipeline(transaction=False)
    for key in right:
        pipeline.hget(keys.council(key), "totals")
    stored = dict(zip(right, pipeline.execute(), strict=True))
    wrong = [key for key in right if orjson.loads(stored[key] or b"null") != right[key]]
    return f"redis: {len(wrong)} councils are wrong: {wrong[:3]}" if wrong else None


def _rate(
    run: Run, running: Sequence[Running], begun: tuple[float, int], of: int, finished: float
) -> None:
    """Calculates the rate from the time and the number of changes at which measuring begins."""
    begun_s, done = begun
    declarations = (of - done) / of * run.declarations
    run.declarations_per_s = declarations / (finished - begun_s)
    cpu_s = sum(each.cpu_s_at(finished) - each.cpu_s_at(begun_s) for each in running)
    run.cpu_s_per_1000 = cpu_s / declarations * 1_000
    for name in running[0].servers:
        used_s = running[0].cpu_s_at(finished, name) - running[0].cpu_s_at(begun_s, name)
        if name == "redis":
            run.redis_cpu_s_per_1000 = used_s / declarations * 1_000
        else:
            run.kafka_cpu_s_per_1000 += used_s / declarations * 1_000


def _when_warm(totals: list[tuple[float, str, Any]], changes: int) -> tuple[float, int]:
    """Returns when a tenth was done, and how much was done by then.

    Every totals message says how many changes of its council it includes, so the totals topic
    holds the progress of the run, whatever an engine leaves out.
    """
    versions: dict[str, int] = {}
    done, begun, begun_done = 0, 0.0, 0
    for at, key, value in sorted(totals, key=lambda each: each[0]):
        done += max(0, value["version"] - versions.get(key, 0))
        versions[key] = max(versions.get(key, 0), value["version"])
        if begun and at > begun:
            break
        if done >= WARM_FRACTION * changes:
            # All of the same batch counts as done by then.
            begun, begun_done = at, done
    return begun, begun_done
