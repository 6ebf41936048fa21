"""Soak: whether anything grows that should not, over many nights in a row.

A Kafka and a Redis of its own; intake, aggregator, nation, notifier and ticker run as ever. 400
councils declare once, and are then corrected night after night (`soak_load`), through intake, while
readers come and go. Processes, Redis, Kafka and lags are sampled; at the end `livecount verify`
compares everything stored with the log.

    python -m benchmarks.soak --hours 24 --speed 10

Writes `soak.json` and `soak.md`. Ends with status 1 if anything grew, differs or was refused.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from typing import Any

import httpx
import uvloop

from benchmarks import soak_report
from benchmarks.load import FIRST_NIGHT
from benchmarks.machine import commit, machine
from benchmarks.running import CHECKOUT, Running
from benchmarks.soak_load import LongNights
from benchmarks.soak_samples import (
    Sample,
    clients_sample,
    kafka_sample,
    lag_sample,
    processes_sample,
    redis_sample,
)
from benchmarks.soak_services import Ports, started, verify
from benchmarks.soak_visitors import Visits, ask, come_and_go, requests_of, streams_of
from benchmarks.waiting import answers, until
from benchmarks.webhook import receiver
from schemas.events import Event, encode_event
from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.stack import Stack
from services.platform.topic_log import Log

ELECTION = f"local.{FIRST_NIGHT.isoformat()}"

NIGHT_S = 8 * 3_600
"""A night: most councils declare between ten in the evening and six in the morning."""

AT_ONCE = 200
"""Declarations in one request of the first night: as many as intake checks of one."""

REQUESTS_PER_S = 5.0
"""Pages and tables that are asked for: a CDN in front answers all others."""

VISITED = 10
"""Councils whose pages are read."""

INTAKE_TIMEOUT_S = 60.0
CAUGHT_UP_TIMEOUT_S = 300.0
"""How long the services may take to count the first night; they take some ten seconds."""


@dataclass(slots=True)
class Sent:
    """What intake was sent, and what came to the webhook."""

    declared: int = 0
    refused: int = 0
    webhooks: int = 0


@dataclass(slots=True)
class Soak:
    """A running stack with its services, and what is measured of it."""

    stack: Stack
    settings: Settings
    running: Mapping[str, Running]
    ports: Ports
    nights: LongNights
    sent: Sent = field(default_factory=Sent)
    visits: Visits = field(default_factory=Visits)
    samples: list[Sample] = field(default_factory=list)

    async def run(self, options: argparse.Namespace) -> dict[str, Any]:
        """Declares the first night at once, and the others at their rate. Returns the result."""
        async with AsyncExitStack() as entered:
            client = await entered.enter_async_context(
                httpx.AsyncClient(trust_env=False, timeout=INTAKE_TIMEOUT_S)
            )
            log = await entered.enter_async_context(Log(self.settings))
            hooked = await receiver(self.ports.webhook, self._noticed)
            entered.callback(hooked.close)
            for port in (self.ports.intake, self.ports.ticker):
                path = f"http://127.0.0.1:{port}/health/ready"
                await until(lambda path=path: answers(client, path), path)  # type: ignore[misc]
            await self._first_night(client)
            await self._caught_up(log)
            load_before, began = os.getloadavg()[0], datetime.now(UTC)
            first_night = self.sent.declared
            rate_per_s = self.nights.events_a_night() / NIGHT_S * options.speed
            seconds = options.hours * 3_600 / options.speed
            visiting = self._visitors(options.readers)
            sampling = asyncio.create_task(self._sample(client, log, options.every))
            try:
                await self._declare(client, rate_per_s, seconds)
                load_after = os.getloadavg()[0]
                await self._caught_up(log)
            finally:
                for task in (sampling, *visiting):
                    task.cancel()
                await asyncio.gather(sampling, *visiting, return_exceptions=True)
        return {
            "hours": options.hours,
            "speed": options.speed,
            "seconds": seconds,
            "began": began.strftime("%Y-%m-%d %H:%M"),
            "commit": commit(),
            "machine": machine(),
            "load_before": load_before,
            "load_after": load_after,
            "councils": options.councils,
            "readers": options.readers,
            "planned_per_s": rate_per_s,
            "rate_per_s": (self.sent.declared - first_night) / seconds,
            "visits": asdict(self.visits),
            **asdict(self.sent),
            "verify": verify(self.settings),
        }

    async def _first_night(self, client: httpx.AsyncClient) -> None:
        events = iter([*self.nights.openings(), *self.nights.night(1)])
        while some := list(islice(events, AT_ONCE)):
            await self._post(client, some)

    async def _declare(self, client: httpx.AsyncClient, rate_per_s: float, seconds: float) -> None:
        """Declares the second night and those after it, one event a request, at a rate.

        On a machine that is too busy for it, fewer are declared in the same time.
        """
        later = (event for night in count(2) for event in self.nights.night(night))
        started = time.monotonic()
        for number, event in enumerate(later):
            await asyncio.sleep(max(0.0, started + number / rate_per_s - time.monotonic()))
            if time.monotonic() >= started + seconds:
                break
            await self._post(client, [event])
            for each in self.running.values():
                each.check()

    async def _post(self, client: httpx.AsyncClient, events: list[Event]) -> None:
        body = b"[%s]" % b",".join(encode_event(event) for event in events)
        answer = await client.post(
            f"http://127.0.0.1:{self.ports.intake}/v1/declarations",
            content=body,
            headers={"content-type": "application/json"},
        )
        self.sent.declared += len(events)
        if answer.status_code != httpx.codes.ACCEPTED:
            self.sent.refused += len(events)
            say(f"{answer.status_code}: {answer.text[:500]}")

    async def _caught_up(self, log: Log) -> None:
        """Returns once every group has committed all there is; raises TimeoutError after long."""
        deadline = time.monotonic() + CAUGHT_UP_TIMEOUT_S
        while any((lags := await lag_sample(log)).values()):
            for each in self.running.values():
                each.check()
            if time.monotonic() > deadline:
                raise TimeoutError(f"not counted within {CAUGHT_UP_TIMEOUT_S:g} s: {lags}")
            await asyncio.sleep(0.5)

    def _visitors(self, readers: int) -> list[asyncio.Task[None]]:
        port = self.ports.ticker
        councils = [each.council for each in (*self.nights.balanced, *self.nights.all_out)]
        visited = councils[:: max(1, len(councils) // VISITED)]
        streams, paths = streams_of(ELECTION, visited), requests_of(ELECTION, visited)
        chance = random.Random(readers)  # noqa: S311 - visitors to repeat, no secret
        tasks = [
            asyncio.create_task(come_and_go(port, streams, self.visits, chance))
            for _ in range(readers)
        ]
        tasks.append(asyncio.create_task(ask(port, paths, self.visits, REQUESTS_PER_S, chance)))
        return tasks

    async def _sample(self, client: httpx.AsyncClient, log: Log, every_s: float) -> None:
        """Takes a sample at once and then every so many seconds, until it is cancelled."""
        pids = {name: each.pid for name, each in self.running.items()}
        pids |= {name: pid for name, pid in self.stack.running().items() if pid is not None}
        keys, started = Keys(self.settings.namespace), time.monotonic()
        async with connect(self.settings) as redis:
            for number in count():
                await asyncio.sleep(max(0.0, started + number * every_s - time.monotonic()))
                sample: Sample = {"elapsed_s": time.monotonic() - started}
                sample |= processes_sample(pids)
                sample |= await redis_sample(redis, keys, ELECTION)
                for broker in self.stack.directory.glob("kafka*/meta.properties"):
                    sample |= kafka_sample(broker.parent, self.settings.namespace)
                sample |= await lag_sample(log)
                sample |= await clients_sample(client, self.ports.ticker_metrics)
                self.samples.append(sample)
                say(json.dumps({name: round(each) for name, each in sample.items()}))

    def _noticed(self, _: dict[str, Any]) -> None:
        self.sent.webhooks += 1


def say(text: str) -> None:
    """Prints a line with the time of day, to show how far it is."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    """Returns the arguments of the process."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--hours", type=float, default=24.0, help="hours' worth of nights")
    parser.add_argument("--speed", type=float, default=10.0, help="times the speed of a night")
    parser.add_argument("--every", type=float, default=30.0, help="seconds between two samples")
    parser.add_argument("--councils", type=int, default=400, help="an even number")
    parser.add_argument("--readers", type=int, default=50, help="readers who come and go")
    parser.add_argument(
        "--to", type=Path, default=CHECKOUT / "benchmarks/results", help="folder of the report"
    )
    return parser.parse_args()


def lines(result: Mapping[str, Any]) -> Iterator[str]:
    """Yields what went wrong."""
    yield from (f"{name} grew" for name in result["grown"])
    if not str(result["verify"]).startswith("0 differences"):
        yield str(result["verify"])
    if result["refused"]:
        yield f"intake refused {result['refused']} declarations"
    yield from result["visits"]["failures"]


def main() -> None:
    """Soaks, and writes the report."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="livecount-soak-") as name, ExitStack() as within:
        folder = Path(name)
        stack = within.enter_context(Stack(folder / "stack"))
        found = started(folder, stack, within)
        nights = LongNights.of(options.councils)
        soak = Soak(stack, found.settings, found.running, found.ports, nights)
        measured = uvloop.run(soak.run(options))
    result = soak_report.as_json(measured, soak.samples)
    options.to.mkdir(parents=True, exist_ok=True)
    (options.to / "soak.json").write_text(json.dumps(result) + "\n")
    (options.to / "soak.md").write_text(soak_report.markdown(measured, soak.samples))
    if wrong := list(lines(result)):
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
