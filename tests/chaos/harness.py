"""A night through the real processes while faults strike, and what became of it."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import statistics
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
import orjson
from crew import Crew
from faults import Field
from ground import Ground
from judgement import Judgement, judge
from recorder import Recorder
from redis.exceptions import RedisError
from rough_night import RoughNight
from schedule_of_faults import Planned
from senders import Senders

from services.namespace import environment
from services.platform.kafka_jars import KAFKA_VERSION
from services.platform.names import Keys
from services.platform.ports import free_ports
from services.platform.redis import connect
from services.platform.topics import create_topics

PARTITIONS = 6
POLL_S = 0.1
RECOVERY_TIMEOUT_S = 120.0
SETTLE_TIMEOUT_S = 240.0


@dataclass(slots=True)
class Recovery:
    """How long after a fault was lifted everything acknowledged until then was counted."""

    kind: str
    seconds: float


@dataclass(slots=True)
class Report:
    """What a run did and found."""

    seed: int
    faults: int
    by_kind: dict[str, int]
    judgement: Judgement
    recoveries: list[Recovery]
    seconds: float
    restarts: dict[str, int]
    repeated_by_senders: int
    versions: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> str:
        """Returns the report as one JSON object."""
        seconds = [each.seconds for each in self.recoveries]
        worst = max(self.recoveries, key=lambda each: each.seconds, default=None)
        return json.dumps(
            {
                "seed": self.seed,
                "faults": self.faults,
                "faults_by_kind": self.by_kind,
                **asdict(self.judgement),
                "recovery_median_s": round(statistics.median(seconds), 2) if seconds else None,
                "recovery_worst_s": round(worst.seconds, 2) if worst else None,
                "recovery_worst_fault": worst.kind if worst else None,
                "restarts": self.restarts,
                "repeated_by_senders": self.repeated_by_senders,
                "seconds": round(self.seconds, 1),
                "versions": self.versions,
            },
            indent=2,
        )


class Night:
    """One run: ground, processes, senders and faults, all of one seed."""

    def __init__(self, ground: Ground, namespace: str, seed: int, logs: Path) -> None:
        self.seed = seed
        self.direct = ground.settings(namespace, direct=True).model_copy(
            update={"kafka_partitions": PARTITIONS}
        )
        self.linked = ground.settings(namespace, direct=False).model_copy(
            update={"kafka_partitions": PARTITIONS}
        )
        self._ground = ground
        self._logs = logs
        self.chance = Random(f"faults {seed}")
        self.by_kind: Counter[str] = Counter()
        self.recoveries: list[Recovery] = []

    async def run(
        self,
        declarations: int,
        councils: int,
        arms: Sequence[Sequence[Planned]],
        *,
        rate: float,
        workers: Mapping[str, Sequence[str]],
    ) -> Report:
        """Runs a night and returns its report.

        Declarations go out at a rate in declarations a second; each arm strikes its faults one
        after the other, beside the others. `workers` are the aggregators to run, by name.
        """
        begin_s = time.monotonic()
        await create_topics(self.direct)
        rough = RoughNight(self.seed, declarations, councils, self.direct.namespace)
        async with Recorder() as recorder:
            crew = Crew(self._environment(), self._logs)
            try:
                intake, self._ticker = await self._start(crew, recorder, workers)
                senders = Senders(self.linked, intake, Random(f"senders {self.seed}"))
                sending = asyncio.create_task(
                    senders.send(rough.parcels, rate, lambda: self._share_due(arms))
                )
                field_ = Field(self._ground, crew, self.direct, self.chance)
                striking = [asyncio.create_task(self._strike(arm, field_, senders)) for arm in arms]
                await asyncio.gather(sending, *striking)
                await self._settled(senders, recorder)
                pages = await self._pages()
                await crew.stop_all()
            finally:
                await crew.stop_all()
            found = await judge(self.direct, senders.acknowledged, recorder.arrivals)
            await self._judge_pages(found, pages)
        return Report(
            seed=self.seed,
            faults=sum(self.by_kind.values()),
            by_kind=dict(sorted(self.by_kind.items())),
            judgement=found,
            recoveries=self.recoveries,
            seconds=time.monotonic() - begin_s,
            restarts={name: len(crew.ends(name)) for name in workers},
            repeated_by_senders=senders.repeated,
            versions=versions(),
        )

    def _share_due(self, arms: Sequence[Sequence[Planned]]) -> float:
        """Returns the share of the night that may be over, so that faults meet a busy night."""
        planned = sum(map(len, arms))
        return (len(self.recoveries) + len(arms)) / planned if planned else 1.0

    def _environment(self) -> dict[str, str]:
        found = {k: v for k, v in environment(self.linked).items() if k.startswith("LIVECOUNT_")}
        return {
            **found,
            "LIVECOUNT_SETTINGS_FILE": os.devnull,
            "LIVECOUNT_LOG_LEVEL": os.environ.get("CHAOS_LOG_LEVEL", "warning"),
        }

    async def _start(
        self, crew: Crew, recorder: Recorder, workers: Mapping[str, Sequence[str]]
    ) -> tuple[str, str]:
        intake, ticker = free_ports(2, self.chance)
        channels = self._logs / "channels.toml"
        channels.write_text(
            f'[[channels]]\nname = "desk"\nwebhook = "{recorder.url}"\nrehearsal = true\n'
        )
        await crew.start("intake", "intake", "run", intake_port=str(intake))
        await crew.start("notifier", "notifier", "run", notifier_channels_file=str(channels))
        await crew.start("ticker", "ticker", "run", ticker_port=str(ticker))
        for name, command in workers.items():
            await crew.start(name, *command, worker_id=name[-1])
        return f"http://127.0.0.1:{intake}", f"http://127.0.0.1:{ticker}"

    async def _strike(self, arm: Sequence[Planned], field_: Field, senders: Senders) -> None:
        # The night begins before anything breaks; nobody tells when.
        while senders.sent < 200:  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)
        for planned in arm:
            struck_s = time.monotonic()
            self.by_kind[planned.kind] += await planned.fault(field_) or 1
            lifted_s = time.monotonic()
            await self._caught_up(dict(senders.ends), planned.kind)
            recovered_s = time.monotonic()
            self.recoveries.append(Recovery(planned.kind, recovered_s - lifted_s))
            sys.stderr.write(
                f"{len(self.recoveries)}: {planned.kind}: {lifted_s - struck_s:.1f} s,"
                f" recovered after {recovered_s - lifted_s:.1f} s, {senders.sent} sent\n"
            )
            await asyncio.sleep(self.chance.random())

    async def _caught_up(self, ends: Mapping[int, int], after: str, limit_s: float = 0.0) -> None:
        """Returns when everything before the ends is counted; fails after a time."""
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
        expected = await self._alerts()
        while not expected <= recorder.ids:
            if time.monotonic() > deadline_s:
                missing = len(expected - recorder.ids)
                raise StuckError(f"seed {self.seed}: {missing} alerts were not delivered")
            await asyncio.sleep(POLL_S)
        # Offsets are committed, and the ledger is written, within a second or two.
        await asyncio.sleep(2)

    async def _alerts(self) -> set[str]:
        from services.audit.log import Log  # noqa: PLC0415

        async with Log(self.direct) as log:
            topic = log.topics.alerts
            return {
                orjson.loads(record.value)["id"]
                async for record in log.read(topic, await log.ends(topic))
            }

    async def _pages(self) -> dict[str, Any]:
        """Returns each council as the ticker tells it, by id."""
        # A ticker that was killed last of all is still on its way.
        transport = httpx.AsyncHTTPTransport(retries=10)
        async with httpx.AsyncClient(
            timeout=60, base_url=self._ticker, transport=transport
        ) as client:
            found = {}
            elections = (await client.get("/v1/elections")).json()["elections"]
            for election in elections:
                answer = await client.get(f"/v1/elections/{election}/councils")
                found |= {each["council"]: each for each in answer.json()["councils"]}
            return found

    async def _judge_pages(self, found: Judgement, pages: Mapping[str, Any]) -> None:
        """The ticker tells what Redis has, which is judged beside the log."""
        keys = Keys(self.direct.namespace)
        async with connect(self.direct) as redis:
            for election in await redis.smembers(keys.elections()):
                for council in await redis.smembers(keys.councils(election.decode())):
                    totals = await redis.hget(keys.council(council.decode()), "totals")
                    if totals and orjson.loads(totals) != pages.get(council.decode()):
                        found.fault("wrong_totals", [f"{council.decode()} on the ticker"])


class StuckError(AssertionError):
    """Counting or delivering stood still."""


def versions() -> dict[str, str]:
    """Returns the versions of what a run ran on."""
    from importlib.metadata import version  # noqa: PLC0415

    return {
        "python": platform.python_version(),
        "kafka": KAFKA_VERSION,
        "faust-streaming": version("faust-streaming"),
        "aiokafka": version("aiokafka"),
        "redis-py": version("redis"),
    }
