"""A night through the real processes while faults strike, and what became of it."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import orjson
from redis.exceptions import RedisError

from schemas.source import DEFAULT_SOURCE
from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.stack.ports import free_ports
from services.platform.topic_log import Log
from services.platform.topics import create_topics
from tests.chaos import nation
from tests.chaos.course import Course, Recovery
from tests.chaos.crew import Crew
from tests.chaos.faults import Target
from tests.chaos.judgement import Judgement, judge, recorded_at
from tests.chaos.keys import make_keys
from tests.chaos.night_of_sources import ELECTION
from tests.chaos.onlooker import Onlooker
from tests.chaos.pages import judge_pages, read_pages
from tests.chaos.proxied_stack import ProxiedStack
from tests.chaos.recorder import Recorder
from tests.chaos.rough_night import RoughNight
from tests.chaos.schedule_of_faults import Planned
from tests.chaos.senders import Senders

PARTITIONS = 6
POLL_S = 0.1
RECOVERY_TIMEOUT_S = 600.0
"""Reading a long night's log again takes a minute or two, and may be disturbed."""

SETTLE_TIMEOUT_S = 240.0
KEYS_FILE = "keys.toml"
LAST_BUT_FEW = 0.95
"""The fraction of a night that is over at most while a fault is still to strike."""

FIRST_SENT = 200
"""Declarations before the first fault, so that it meets a night that has begun."""


class Night:
    """One run: servers, processes, senders and faults, all of one seed."""

    def __init__(self, stack: ProxiedStack, namespace: str, seed: int, logs: Path) -> None:
        self.seed = seed
        self.direct = stack.settings(namespace, direct=True).model_copy(
            update={"kafka_partitions": PARTITIONS}
        )
        self.linked = stack.settings(namespace, direct=False).model_copy(
            update={"kafka_partitions": PARTITIONS}
        )
        self._stack = stack
        self._logs = logs
        self.chance = Random(f"faults {seed}")
        self.course = Course(seed, namespace)

    async def run(
        self,
        declarations: int,
        councils: int,
        arms: Sequence[Sequence[Planned]],
        *,
        rate: float,
        workers: Mapping[str, Sequence[str]],
    ) -> Judgement:
        """Runs a night and returns what became of it.

        `rate` is in declarations a second. The faults of an arm strike one after the other, and
        all arms at the same time. `workers` are the aggregators to run, by name. However the
        night ends, its course is written next to the servers' data.
        """
        begin_s = time.monotonic()
        await create_topics(self.direct)
        namespace = self.direct.namespace
        rough = RoughNight(
            self.seed, declarations, councils, namespace, at_the_bounds=True, of_sources=True
        )
        tokens = make_keys(self._logs / KEYS_FILE)
        ports = free_ports(2, self.chance)
        intake, ticker = (f"http://127.0.0.1:{port}" for port in ports)
        looks = Random(f"looks {self.seed}")
        onlooker = Onlooker(ticker, ELECTION, rough.ballots, looks)
        async with Recorder() as recorder, onlooker:
            self.course.arrivals = recorder.arrivals
            crew = Crew(
                self.linked,
                self._logs,
                own_clocks=True,
                log_level=os.environ.get("CHAOS_LOG_LEVEL", "warning"),
            )
            try:
                channels = recorder.channels_with_results(self._logs, rough.ballots)
                await self._start(crew, ports, channels, tokens[DEFAULT_SOURCE], workers)
                senders = Senders(self.linked, intake, Random(f"senders {self.seed}"), tokens)
                self.course.acknowledged = senders.acknowledged
                sending = asyncio.create_task(
                    senders.send(
                        rough.parcels,
                        rate,
                        lambda: max(self._fraction_due(arms), 2 * FIRST_SENT / len(rough.parcels)),
                    )
                )
                target = Target(self._stack, crew, self.direct, self.chance)
                striking = [asyncio.create_task(self._strike(arm, target, senders)) for arm in arms]
                await asyncio.gather(sending, *striking)
                self.course.repeated_by_senders = senders.repeated
                await self._settled(senders, recorder)
                self.course.pages = await read_pages(ticker, self.direct)
                await onlooker.read_all()
            finally:
                self.course.looked_at = onlooker.answers
                self.course.sightings = onlooker.sightings.all() + recorder.sightings.all()
                self.course.reviewed = recorder.reviewed
                self.course.note_ends(crew.endings)
                await crew.stop_all()
                self.course.restarts = {name: len(crew.ends(name)) for name in workers}
                self.course.seconds = time.monotonic() - begin_s
                self.course.write(self._stack.directory)
        found = await judge(
            self.direct,
            self.course.acknowledged,
            self.course.arrivals,
            sightings=self.course.sightings,
        )
        await judge_pages(found, self.direct, self.course.pages)
        self.course.seconds = time.monotonic() - begin_s
        return found

    def _fraction_due(self, arms: Sequence[Sequence[Planned]]) -> float:
        """Returns which fraction of the night may be over, so that faults meet a busy night.

        It begins slowly and ends in a rush, as nights do, and not before the last fault.
        """
        planned = sum(map(len, arms))
        struck = (len(self.course.recoveries) + len(arms)) / planned if planned else 1.0
        if len(self.course.recoveries) >= planned:
            return 1.0
        return LAST_BUT_FEW * min(1.0, struck) ** 2

    async def _start(
        self,
        crew: Crew,
        ports: Sequence[int],
        channels: Path,
        token: str,
        workers: Mapping[str, Sequence[str]],
    ) -> None:
        intake, ticker = ports
        keys = {"keys_file": str(self._logs / KEYS_FILE), "intake_token": token}
        await crew.run("intake", "intake", "run", intake_port=str(intake), **keys)
        await crew.run("notifier", "notifier", "run", notifier_channels_file=str(channels))
        await crew.run("ticker", "ticker", "run", ticker_port=str(ticker))
        await crew.run(
            "nation-1", "nation", "run", worker_id="nation-1", nation_file=str(nation.FILE)
        )
        for name, command in workers.items():
            await crew.run(name, *command, worker_id=name[-1])

    async def _strike(self, arm: Sequence[Planned], target: Target, senders: Senders) -> None:
        # Nothing breaks before the night has begun, for which there is no event to wait for.
        while senders.sent < FIRST_SENT:  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)
        for planned in arm:
            struck_s = time.monotonic()
            self.course.by_kind[planned.kind] += await planned.fault(target) or 1
            lifted_s = time.monotonic()
            await self._caught_up(dict(senders.ends), planned.kind)
            recovered_s = time.monotonic()
            self.course.recoveries.append(Recovery(planned.kind, recovered_s - lifted_s))
            sys.stderr.write(
                f"{len(self.course.recoveries)}: {planned.kind}: {lifted_s - struck_s:.1f} s,"
                f" recovered after {recovered_s - lifted_s:.1f} s, {senders.sent} sent\n"
            )
            await asyncio.sleep(self.chance.random())

    async def _caught_up(self, ends: Mapping[int, int], after: str, limit_s: float = 0.0) -> None:
        """Returns when everything before the ends is counted; raises StuckError after a time."""
        keys = Keys(self.direct.namespace)
        deadline_s = time.monotonic() + (limit_s or RECOVERY_TIMEOUT_S)
        marks: list[Any] = []
        while time.monotonic() < deadline_s:
            try:
                async with connect(self.direct) as redis:
                    marks = await redis.mget([keys.watermark(number) for number in ends] or ["-"])
            except (RedisError, OSError):
                marks = []
            if len(marks) >= len(ends) and all(
                int(mark or 0) >= end for mark, end in zip(marks, ends.values(), strict=False)
            ):
                return
            await asyncio.sleep(POLL_S)
        raise StuckError(f"seed {self.seed}: not caught up after {after!r}: {marks} of {ends}")

    async def _settled(self, senders: Senders, recorder: Recorder) -> None:
        """Returns when everything is counted and every alert on the topic has arrived."""
        await self._caught_up(dict(senders.ends), "the end", SETTLE_TIMEOUT_S)
        deadline_s = time.monotonic() + SETTLE_TIMEOUT_S
        while not await self._added_up():
            if time.monotonic() > deadline_s:
                raise StuckError(f"seed {self.seed}: not all councils are added up")
            await asyncio.sleep(POLL_S)
        expected = await self._alerts()
        while not expected <= recorder.ids:
            if time.monotonic() > deadline_s:
                missing = len(expected - recorder.ids)
                raise StuckError(f"seed {self.seed}: {missing} alerts were not delivered")
            await asyncio.sleep(POLL_S)
        while not await self._recorded(recorder):
            if time.monotonic() > deadline_s:
                raise StuckError(f"seed {self.seed}: offsets or the ledger are behind")
            await asyncio.sleep(POLL_S)

    async def _added_up(self) -> bool:
        """Returns whether the second stage has everything that the first has published."""
        async with Log(self.direct) as log:
            totals = await log.ends(log.topics.totals)
            sent = {number: end for number, end in totals.items() if end}
            if await log.committed("nation", log.topics.totals) != sent:
                return False
            ends = await log.ends(log.topics.night)
        keys = Keys(self.direct.namespace).night_counted()
        async with connect(self.direct) as redis:
            marks = await redis.mget([keys.watermark(number) for number in ends])
        return [int(mark or 0) for mark in marks] == [*ends.values()]

    async def _recorded(self, recorder: Recorder) -> bool:
        """Returns whether every offset is committed and every delivery is in the ledger."""
        async with Log(self.direct) as log:
            if await log.committed("aggregator") != await log.ends(log.topics.declarations):
                return False
            return recorder.ids <= (await recorded_at(log)).keys()

    async def _alerts(self) -> set[str]:
        async with Log(self.direct) as log:
            topic = log.topics.alerts
            return {
                orjson.loads(record.value)["id"]
                async for record in log.read(topic, await log.ends(topic))
            }


class StuckError(AssertionError):
    """Counting or delivering made no progress."""
