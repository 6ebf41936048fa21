"""How soon counting goes on after a kill, livecount beside naive Faust; and a rebuild's time.

Run as `python tests/chaos/measure_recovery.py`; it prints one JSON object. A declaration is
counted when its partition's watermark is beyond it, or when naive Faust has told of it. Caught up
means that everything acknowledged half a second ago is counted.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from signal import SIGKILL
from typing import Any

from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata
from course import versions
from crew import Crew
from pydantic import SecretStr
from rough_night import Parcel, RoughNight

from services.aggregator.rebuild import rebuild_all
from services.audit.count import Count
from services.audit.log import Log
from services.namespace import environment
from services.platform import kafka
from services.platform.names import Keys, Topics, group
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack import Stack
from services.platform.topics import create_topics

RATE = 50
DECLARATIONS = 30_000
TRIALS = 3
NAIVE_TRIALS = 2
POLL_S = 0.05
LATE_S = 0.5
TRIAL_TIMEOUT_S = 180.0
REBUILD_DECLARATIONS = 100_000
COUNCILS = 400

Counted = Callable[[], Awaitable[dict[int, int]]]


class Load:
    """Declarations at a steady rate, and where the log ended at each moment."""

    def __init__(self, settings: Settings, parcels: Iterator[Parcel]) -> None:
        self._settings, self._parcels = settings, parcels
        self.ends: dict[int, int] = defaultdict(int)
        self.history: list[tuple[float, dict[int, int]]] = []

    async def run(self) -> None:
        """Declares until it is cancelled."""
        producer = kafka.producer(self._settings, "measure")
        await producer.start()
        topic = Topics(self._settings.namespace).declarations
        try:
            for parcel in self._parcels:
                stands = await producer.send_and_wait(
                    topic, parcel.value, key=parcel.key, headers=parcel.headers
                )
                self.ends[stands.partition] = stands.offset + 1
                self.history.append((time.monotonic(), dict(self.ends)))
                await asyncio.sleep(1 / RATE)
        finally:
            await producer.stop()

    def due(self, now_s: float) -> dict[int, int]:
        """Returns where the log ended LATE_S ago."""
        for at_s, ends in reversed(self.history):
            if at_s <= now_s - LATE_S:
                return ends
        return {}


async def caught_up(load: Load, counted: Counted, since_s: float) -> float:
    """Returns the seconds from a moment until everything due is counted again."""
    while time.monotonic() < since_s + TRIAL_TIMEOUT_S:
        now_s = time.monotonic()
        found = await counted()
        due = load.due(now_s)
        # In the first second the survivor has not yet fallen behind.
        if now_s > since_s + 1 and all(found.get(each, 0) >= end for each, end in due.items()):
            return now_s - since_s
        await asyncio.sleep(POLL_S)
    return float("inf")


def watermarks(settings: Settings) -> Counted:
    """Counts livecount's progress."""
    keys = Keys(settings.namespace)

    async def counted() -> dict[int, int]:
        async with connect(settings) as redis:
            names = [keys.watermark(number) for number in range(settings.kafka_partitions)]
            return {n: int(mark or 0) for n, mark in enumerate(await redis.mget(names))}

    return counted


class Told:
    """Counts naive Faust's progress: a partition is counted up to its first gap."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: dict[int, set[int]] = defaultdict(set)
        self._next: dict[int, int] = defaultdict(int)

    async def follow(self) -> None:
        consumer = kafka.consumer(self._settings, group_id=None, client_id="measure")
        await consumer.start()
        topic = Topics(self._settings.namespace).totals
        consumer.assign(
            [TopicPartition(topic, number) for number in range(self._settings.kafka_partitions)]
        )
        try:
            while True:
                for records in (await consumer.getmany(timeout_ms=50)).values():
                    for record in records:
                        partition, offset = map(int, record.value.split())
                        self._seen[partition].add(offset)
        finally:
            await consumer.stop()

    async def counted(self) -> dict[int, int]:
        for partition, seen in self._seen.items():
            while self._next[partition] in seen:
                self._next[partition] += 1
        return dict(self._next)


async def takeover(
    settings: Settings, crew: Crew, start: Any, counted: Counted, trials: int
) -> Any:
    """Returns catch-up times after kill -9 of one of two, and of restarts of one alone."""
    # Naive Faust cannot repeat a message without a key, so nothing but sound ones is sent.
    night = RoughNight(1, DECLARATIONS, COUNCILS, settings.namespace)
    load = Load(settings, (parcel for parcel in night.parcels if parcel.event is not None))
    loading = asyncio.create_task(load.run())
    taken, restarted = [], []
    try:
        await start("1")
        await caught_up(load, counted, time.monotonic())
        for _ in range(trials):
            await start("2")
            await caught_up(load, counted, time.monotonic() + 15)
            killed_s = time.monotonic()
            await crew.stop("worker-2", SIGKILL)
            taken.append(await caught_up(load, counted, killed_s))
            sys.stderr.write(f"{settings.namespace}: taken over after {taken[-1]:.2f} s\n")
        for _ in range(trials):
            await crew.stop("worker-1", SIGKILL)
            killed_s = time.monotonic()
            await start("1")
            restarted.append(await caught_up(load, counted, killed_s))
            sys.stderr.write(f"{settings.namespace}: restarted after {restarted[-1]:.2f} s\n")
    finally:
        loading.cancel()
        await asyncio.gather(loading, return_exceptions=True)
        await crew.stop_all()
    return {
        "after_kill_of_one_of_two_s": _figures(taken),
        "after_restart_s": _figures(restarted),
    }


def _figures(seconds: list[float]) -> dict[str, Any]:
    rounded = [round(each, 2) for each in seconds]
    return {"median": statistics.median(rounded), "worst": max(rounded), "all": rounded}


async def livecount(stack: Stack, logs: Path) -> Any:
    settings = await _namespace(stack, "measure-livecount")
    crew = _crew(settings, logs / "livecount")

    async def start(number: str) -> None:
        await crew.start(f"worker-{number}", "aggregator", "run", worker_id=number)

    return await takeover(settings, crew, start, watermarks(settings), TRIALS)


async def naive(stack: Stack, logs: Path) -> Any:
    settings = await _namespace(stack, "measure-naive")
    crew = _crew(settings, logs / "naive")
    told = Told(settings)
    following = asyncio.create_task(told.follow())

    async def start(number: str) -> None:
        data = ("--datadir", str(logs / f"data-{number}"))
        app = str(Path(__file__).with_name("naive_faust.py"))
        await crew.start(
            f"worker-{number}", *data, "worker", "-l", "info", "--without-web", module=app
        )

    try:
        return await takeover(settings, crew, start, told.counted, NAIVE_TRIALS)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def rebuild(stack: Stack) -> Any:
    """Returns the time of a rebuild from an empty Redis, and of reading and folding alone."""
    settings = await _namespace(stack, "measure-rebuild")
    producer = kafka.producer(settings, "measure")
    await producer.start()
    topic = Topics(settings.namespace).declarations
    night = RoughNight(2, REBUILD_DECLARATIONS, COUNCILS, settings.namespace)
    sent = [
        await producer.send(topic, parcel.value, key=parcel.key, headers=parcel.headers)
        for parcel in night.parcels
    ]
    await asyncio.gather(*sent)
    await producer.stop()
    async with Log(settings) as log:
        begin_s = time.monotonic()
        ends = await log.ends(topic)
        records = [record async for record in log.read(topic, ends)]
        read_s = time.monotonic() - begin_s
    begin_s = time.monotonic()
    count = Count(len(ends))
    for record in records:
        count.add(record)
    fold_s = time.monotonic() - begin_s
    await _acknowledge(settings, ends)
    begin_s = time.monotonic()
    await rebuild_all(settings)
    rebuild_s = time.monotonic() - begin_s
    return {
        "declarations": len(records),
        "councils": len(count.councils),
        "read_s": round(read_s, 2),
        "decode_and_fold_s": round(fold_s, 2),
        "rebuild_s": round(rebuild_s, 2),
        "rebuild_against_read_and_fold": round(rebuild_s / (read_s + fold_s), 2),
    }


async def _acknowledge(settings: Settings, ends: dict[int, int]) -> None:
    """Commits everything, as a group does that has counted it before Redis was lost."""
    topic = Topics(settings.namespace).declarations
    consumer = kafka.consumer(
        settings, group_id=group(settings.namespace, "aggregator"), client_id="measure"
    )
    await consumer.start()
    places = {TopicPartition(topic, number): end for number, end in ends.items()}
    consumer.assign(list(places))
    await consumer.commit({place: OffsetAndMetadata(end, "") for place, end in places.items()})
    await consumer.stop()


async def _namespace(stack: Stack, name: str) -> Settings:
    settings = Settings(
        namespace=name,
        kafka_bootstrap_servers=stack.endpoints.kafka_bootstrap_servers,
        redis_url=SecretStr(stack.endpoints.redis_url),
    )
    await create_topics(settings)
    return settings


def _crew(settings: Settings, logs: Path) -> Crew:
    found = {k: v for k, v in environment(settings).items() if k.startswith("LIVECOUNT_")}
    return Crew({**found, "LIVECOUNT_SETTINGS_FILE": os.devnull}, logs)


async def main(parts: list[str]) -> None:
    """Measures the given parts, or all, and prints what it found."""
    with (
        tempfile.TemporaryDirectory(prefix="livecount-measure-") as directory,
        Stack(Path(directory) / "stack") as stack,
    ):
        logs = Path(directory) / "logs"
        measures: dict[str, Callable[[], Awaitable[Any]]] = {
            "livecount": lambda: livecount(stack, logs),
            "naive_faust": lambda: naive(stack, logs),
            "rebuild": lambda: rebuild(stack),
        }
        found = {name: await measures[name]() for name in parts or measures}
    found["load_average"] = os.getloadavg()
    sys.stdout.write(json.dumps({**found, "versions": versions()}, indent=2) + "\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
