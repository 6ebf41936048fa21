"""Workers under load, ended and started again, and how soon they resume counting.

A declaration is counted when its partition's watermark is beyond it, or when naive Faust has
published it or a later one. Caught up means that everything acknowledged half a second ago is
counted; resumed, that anything is counted that was not when the worker ended. Seconds are counted
from the kill, or from the start of the new process.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from signal import SIGKILL, SIGTERM, Signals
from typing import Any

from aiokafka import TopicPartition

from services.platform import kafka
from services.platform.names import Keys, Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from tests.chaos.crew import Crew
from tests.chaos.parcel import Parcel
from tests.chaos.rough_night import RoughNight

RATE = 50
DECLARATIONS = 30_000
POLL_S = 0.05
LATE_S = 0.5
TRIAL_TIMEOUT_S = 180.0
JOINED_S = 15.0
"""How long a second worker has until it counts its part of the partitions."""

COUNCILS = 400

Counted = Callable[[], Awaitable[dict[int, int]]]
Start = Callable[[str], Awaitable[None]]


class Load:
    """Declarations at a steady rate, and where the log ended at each time."""

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
                appended = await producer.send_and_wait(
                    topic, parcel.value, key=parcel.key, headers=parcel.headers
                )
                self.ends[appended.partition] = appended.offset + 1
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
    """Returns the seconds from `since_s` until everything due is counted again."""
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
    """Returns a function that reads livecount's progress."""
    keys = Keys(settings.namespace)

    async def counted() -> dict[int, int]:
        async with connect(settings) as redis:
            names = [keys.watermark(number) for number in range(settings.kafka_partitions)]
            return {n: int(mark or 0) for n, mark in enumerate(await redis.mget(names))}

    return counted


class NaiveProgress:
    """Naive Faust's progress, and which declarations it has skipped."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: dict[int, set[int]] = defaultdict(set)

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
        return {partition: max(seen) + 1 for partition, seen in self._seen.items()}

    def lost(self) -> int:
        """Returns how many declarations were never published, though later ones were."""
        return sum(max(seen) + 1 - len(seen) for seen in self._seen.values())


class Trials:
    """Workers under load, one or two at a time, that are ended and started again."""

    def __init__(self, settings: Settings, crew: Crew, start: Start, counted: Counted) -> None:
        # Naive Faust cannot repeat a message without a key, so only valid ones are sent.
        night = RoughNight(1, DECLARATIONS, COUNCILS, settings.namespace)
        valid = (parcel for parcel in night.parcels if parcel.event is not None)
        self._settings, self._crew, self._start, self._counted = settings, crew, start, counted
        self._load = Load(settings, valid)

    async def figures(self, trials: int) -> dict[str, Any]:
        """Returns times after kill -9 of one of two workers, and after restarts of a single one."""
        loading = asyncio.create_task(self._load.run())
        try:
            await self._start("1")
            await caught_up(self._load, self._counted, time.monotonic())
            taken = [await self._takeover() for _ in range(trials)]
            plain = [await self._restart(SIGTERM) for _ in range(trials)]
            killed = [await self._restart(SIGKILL) for _ in range(trials)]
        finally:
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)
            await self._crew.stop_all()
        return {
            "kill_of_one_of_two_caught_up_s": _figures(taken),
            "plain_restart_resumed_s": _figures([resumed for resumed, _ in plain]),
            "plain_restart_caught_up_s": _figures([caught for _, caught in plain]),
            "kill_and_restart_resumed_s": _figures([resumed for resumed, _ in killed]),
            "kill_and_restart_caught_up_s": _figures([caught for _, caught in killed]),
        }

    async def _takeover(self) -> float:
        await self._start("2")
        await caught_up(self._load, self._counted, time.monotonic() + JOINED_S)
        killed_s = time.monotonic()
        await self._crew.stop("worker-2", SIGKILL)
        return self._log("taken over", await caught_up(self._load, self._counted, killed_s))

    async def _restart(self, number: Signals) -> tuple[float, float]:
        """Returns the seconds from the restart until counting resumed, and until caught up."""
        ended_s = time.monotonic()
        await self._crew.stop("worker-1", number)
        self._log(f"{number.name}: ended", time.monotonic() - ended_s)
        before = await self._counted()
        started_s = time.monotonic()
        await self._start("1")
        resumed_s = await self._resumed(before, started_s)
        caught_s = await caught_up(self._load, self._counted, started_s)
        return self._log(f"{number.name}: resumed", resumed_s), self._log("caught up", caught_s)

    async def _resumed(self, before: dict[int, int], since_s: float) -> float:
        while time.monotonic() < since_s + TRIAL_TIMEOUT_S:
            found = await self._counted()
            if any(end > before.get(partition, 0) for partition, end in found.items()):
                return time.monotonic() - since_s
            await asyncio.sleep(POLL_S)
        return float("inf")

    def _log(self, what: str, seconds: float) -> float:
        sys.stderr.write(f"{self._settings.namespace}: {what} after {seconds:.2f} s\n")
        return seconds


def _figures(seconds: list[float]) -> dict[str, Any]:
    rounded = [round(each, 2) for each in seconds]
    return {"median": statistics.median(rounded), "worst": max(rounded), "all": rounded}
