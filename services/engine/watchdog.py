"""The watchdog: whether Redis still has what was written, and whether counting goes on.

Faust's streams can stall without a word (faust-streaming/faust issues 175, 306, 523 and 640), and
its own watchdog only logs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from prometheus_client import Gauge

from services.engine.exits import exit_process
from services.platform.errors import KafkaUnavailableError
from services.platform.exit_status import ExitStatus
from services.platform.health import Health
from services.platform.topic_log import WorkerLog

STALL_TIMEOUT_S = 30.0
"""With messages waiting and none counted for so long, the worker ends. The longest pause that
is in order is a retry of Redis or Kafka, 4 and 15 s; a rebuild counts as progress."""

CHECK_INTERVAL_S = 1.0
"""Time between two checks of Redis, so that a loss is repaired within seconds even if no
message comes."""

CHECKS_A_LAG = 5
"""Checks between two questions for the log's id and its end: each opens connections of its own."""


class Group(Protocol):
    """This worker's membership of its group."""

    @property
    def should_stop(self) -> bool:
        """Whether the worker has been told to stop."""

    @property
    def rebalance(self) -> int | None:
        """The number of the rebalance that is under way, or None."""

    def partitions(self, topic: str) -> set[int]:
        """Returns the partitions of a topic that the group has given to this worker."""


class Counter(Protocol):
    """What counts the partitions of a topic."""

    @property
    def positions(self) -> Mapping[int, int | None]:
        """The offset after the last message that is stored, by partition."""

    @property
    def broken(self) -> int:
        """The number of messages for which livecount failed since the start of this worker."""

    async def verify(self, partitions: Collection[int]) -> None:
        """Checks that nothing stored has been lost, and repairs what has."""

    async def check_log(self) -> None:
        """Raises FencedError if what is stored was counted from another log."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A topic, what counts it, and the metrics of how many of its messages wait for that.

    `partition_lag` says the same of each partition, by its label; None if there is no such metric.
    """

    topic: str
    log: WorkerLog
    counter: Counter
    lag: Gauge
    partition_lag: Gauge | None = None

    def measure(self, ends: Mapping[int, int], positions: Mapping[int, int | None]) -> None:
        """Sets the metrics, and removes those of partitions that are another worker's now."""
        self.lag.set(lag(ends, positions))
        if self.partition_lag is not None:
            self.partition_lag.clear()
            for partition, end in ends.items():
                self.partition_lag.labels(partition).set(lag({partition: end}, positions))


class Watchdog:
    """Checks again and again, until the worker stops.

    `rebalance_timeout_s` is how long the group waits for a member. After so long in one
    rebalance, with Kafka there, the group has gone on without this worker.
    """

    def __init__(
        self,
        group: Group,
        watched: Sequence[Watched],
        health: Health,
        rebalance_timeout_s: float,
    ) -> None:
        self._group = group
        self._watched = watched
        self._health = health
        self._rebalance_timeout_s = rebalance_timeout_s
        self._now = asyncio.Event()

    def check_now(self) -> None:
        """Lets the next check begin at once, as after a rebalance."""
        self._now.set()

    async def run(self) -> None:
        """Checks until the worker stops. Raises what `verify` and `check_log` raise.

        Ends the process if messages wait and none is counted for STALL_TIMEOUT_S, and if a
        rebalance takes longer than the group waits for a member.
        """
        loop = asyncio.get_running_loop()
        stalls = {each.topic: StallDetector(loop.time()) for each in self._watched}
        checks = 0
        while not self._group.should_stop:
            if self._group.rebalance is None and self._partitions():
                await self._verify(stalls)
            checks += 1
            if checks % CHECKS_A_LAG == 0:
                for each in self._watched:
                    await self._measure(each, stalls[each.topic], loop.time())
            self._health.beat()
            try:
                async with asyncio.timeout(CHECK_INTERVAL_S):
                    await self._now.wait()
                self._now.clear()
            except TimeoutError:
                continue

    def _partitions(self) -> bool:
        """Returns whether the group has given this worker any partition."""
        return any(self._group.partitions(each.topic) for each in self._watched)

    async def _verify(self, stalls: Mapping[str, StallDetector]) -> None:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        for each in self._watched:
            await each.counter.verify(self._group.partitions(each.topic))
        broken = sum(each.counter.broken for each in self._watched)
        self._health.remark = f"broken: {broken}" if broken else ""
        self._health.ready()
        if loop.time() - began_s > CHECK_INTERVAL_S:
            # It was a rebuild, or waited for a batch.
            for stall in stalls.values():
                stall.reset(loop.time())

    async def _measure(self, watched: Watched, stalls: StallDetector, now_s: float) -> None:
        """Sets the metric of lag; ends the process if there is a stall.

        Raises FencedError if the topics were made again: that need not be a rebalance.
        """
        partitions = self._group.partitions(watched.topic)
        try:
            await watched.counter.check_log()
            found = await watched.log.ends()
        except KafkaUnavailableError:
            # Without a broker nothing can be counted, and a restart would not help.
            stalls.reset(now_s)
            self._health.lacks("Kafka")
            return
        self._health.lacks("")
        lasts_s = stalls.rebalancing_s(self._group.rebalance, now_s)
        if lasts_s > self._rebalance_timeout_s:
            exit_process(ExitStatus.STALLED, f"a rebalance has not ended for {lasts_s:.0f} s")
        ends = {partition: end for partition, end in found.items() if partition in partitions}
        positions = dict(watched.counter.positions)
        watched.measure(ends, positions)
        stalled_s = stalls.stalled_s(ends, positions, now_s)
        if stalled_s > STALL_TIMEOUT_S:
            exit_process(
                ExitStatus.STALLED,
                f"messages of {watched.topic} wait, and none was counted for {stalled_s:.0f} s",
            )


class StallDetector:
    """Compares the ends of the log with what is counted, again and again. Reads no clock."""

    def __init__(self, now_s: float) -> None:
        self._progress_at_s = now_s
        self._positions: dict[int, int | None] = {}
        self._rebalance: int | None = None
        self._rebalance_seen_at_s = now_s

    def reset(self, now_s: float) -> None:
        """Resets the stall timer, for example after a rebuild or while Kafka is unavailable."""
        self._progress_at_s = now_s
        self._rebalance = None

    def rebalancing_s(self, rebalance: int | None, now_s: float) -> float:
        """Returns for how many seconds one and the same rebalance has been seen; 0 without one.

        `rebalance` is the number of the one under way. Nothing is counted during a rebalance and
        no position is known, so `stalled_s` cannot see that it does not end.
        """
        if rebalance is None or rebalance != self._rebalance:
            self._rebalance, self._rebalance_seen_at_s = rebalance, now_s
        return now_s - self._rebalance_seen_at_s

    def stalled_s(
        self, ends: Mapping[int, int], positions: Mapping[int, int | None], now_s: float
    ) -> float:
        """Returns for how many seconds messages have waited and none was counted."""
        if dict(positions) != self._positions or not lag(ends, positions):
            self._positions = dict(positions)
            self._progress_at_s = now_s
        return now_s - self._progress_at_s


def lag(ends: Mapping[int, int], positions: Mapping[int, int | None]) -> int:
    """Returns how many messages wait to be counted. A partition not known counts in full."""
    return sum(max(0, end - (positions.get(partition) or 0)) for partition, end in ends.items())
