"""The watch: that Redis still has what was written, and that counting moves on."""

from __future__ import annotations

import asyncio

import faust

from services.aggregator.engine.app import REBALANCE_TIMEOUT_S
from services.aggregator.exits import exit_process
from services.aggregator.processor import BatchProcessor
from services.aggregator.progress import STALL_TIMEOUT_S, Progress
from services.platform.errors import KafkaUnavailableError
from services.platform.exit_status import ExitStatus
from services.platform.health import Health
from services.platform.metrics import AGGREGATOR_LAG
from services.platform.topic_log import DeclarationsLog

WATCH_INTERVAL_S = 1.0
"""How often Redis is asked whether it still has what was written, so that a loss is made good
within seconds also when no declaration comes."""

LAG_EVERY_LOOKS = 5
"""Looks between two questions for the end of the log: each opens a connection of its own."""

REBALANCE_STALL_S = REBALANCE_TIMEOUT_S
"""After so long in one rebalance, with Kafka there, the group has gone on without this worker."""


class Watch:
    """Looks again and again, until the app stops."""

    def __init__(
        self,
        app: faust.App,
        worker: BatchProcessor,
        log: DeclarationsLog,
        topic: str,
        health: Health,
    ) -> None:
        self._app = app
        self._worker = worker
        self._log = log
        self._topic = topic
        self._health = health
        self._now = asyncio.Event()

    def look_now(self) -> None:
        """Has the next look begin at once, as after a rebalance."""
        self._now.set()

    async def run(self) -> None:
        """Looks until the app stops. Raises what `BatchProcessor.look_after` raises.

        Ends the process where declarations wait and none is counted for STALL_TIMEOUT_S, and
        where a rebalance takes longer than REBALANCE_STALL_S.
        """
        loop = asyncio.get_running_loop()
        progress = Progress(loop.time())
        looks = 0
        while not self._app.should_stop:
            if not self._app.rebalancing and (partitions := self._assigned()):
                began_s = loop.time()
                await self._worker.look_after(partitions)
                self._health.ready()
                if loop.time() - began_s > WATCH_INTERVAL_S:
                    # It was a rebuild, or waited for a batch.
                    progress.moved(loop.time())
            looks += 1
            if looks % LAG_EVERY_LOOKS == 0:
                await self._measure(progress, loop.time())
            self._health.beat()
            try:
                async with asyncio.timeout(WATCH_INTERVAL_S):
                    await self._now.wait()
                self._now.clear()
            except TimeoutError:
                continue

    async def _measure(self, progress: Progress, now_s: float) -> None:
        """Tells the lag; ends the process where nothing moves in spite of it."""
        partitions = self._assigned()
        try:
            found = await self._log.ends()
        except KafkaUnavailableError:
            # Without a broker nothing can be counted, and a restart would not help.
            progress.moved(now_s)
            return
        rebalance = self._app.rebalancing_count if self._app.rebalancing else None
        lasts_s = progress.rebalancing_s(rebalance, now_s)
        if lasts_s > REBALANCE_STALL_S:
            exit_process(ExitStatus.STALLED, f"a rebalance has not ended for {lasts_s:.0f} s")
        ends = {partition: end for partition, end in found.items() if partition in partitions}
        positions = dict(self._worker.positions)
        AGGREGATOR_LAG.set(progress.lag(ends, positions))
        stalled_s = progress.stalled_s(ends, positions, now_s)
        if stalled_s > STALL_TIMEOUT_S:
            exit_process(
                ExitStatus.STALLED, f"declarations wait, and none was counted for {stalled_s:.0f} s"
            )

    def _assigned(self) -> set[int]:
        """Returns the partitions that the group has given to this worker."""
        return {
            place.partition
            for place in self._app.consumer.assignment()
            if place.topic == self._topic
        }
