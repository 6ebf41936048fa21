"""Memory: what a whole night takes in the real aggregator and the real ticker.

400 made-up councils of 22 wards are opened, and all their wards declare, with notices, repeats and
corrections (`load`): 200 a second, faster than any night; `--rate 0` sends all at once, as after
an outage. One ticker follows the night as it happens, and one starts after it. Resident bytes are
read from /proc, once each process is ready, and once it has everything and was left alone for
SETTLE_S.

    python -m benchmarks.memory --councils 400 --wards 22

Prints one JSON object. What the pure fold takes of it says `python -m benchmarks.pure memory`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import uvloop

from benchmarks.engine import LIVECOUNT, service
from benchmarks.load import FIRST_NIGHT, Night, night_events
from benchmarks.machine import commit, machine
from benchmarks.running import Running
from benchmarks.soak_samples import lag_sample, process_sample
from benchmarks.waiting import answers, until
from schemas.events import Event
from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack
from services.platform.topic_log import Log
from services.platform.topics import create_topics

ELECTION = f"local.{FIRST_NIGHT.isoformat()}"

SETTLE_S = 5.0
"""How long a process is left alone before its memory is read: its last batch is then done."""

TURNS_PER_S = 20
"""How often declarations are sent: single ones would measure the sender."""

AGGREGATOR_MAX_BYTES = 150_000_000
TICKER_MAX_BYTES = 100_000_000
"""What a night of 400 councils may take."""


class Ticker:
    """A ticker that is asked for the night, so that it follows it."""

    def __init__(self, settings: Settings, log: Path, client: httpx.AsyncClient) -> None:
        (port,) = free_ports(1, random.SystemRandom())
        extra = {"LIVECOUNT_TICKER_PORT": str(port)}
        self.running = Running(service("ticker"), settings, log, environment=extra)
        self._url = f"http://127.0.0.1:{port}"
        self._client = client

    async def ready(self) -> None:
        """Returns once it answers."""
        await until(lambda: answers(self._client, f"{self._url}/health/ready"), "the ticker")

    async def has(self, councils: int, declared: int) -> bool:
        """Returns whether it has so many councils, with so many wards declared in all."""
        answer = await self._client.get(f"{self._url}/v1/elections/{ELECTION}/councils")
        if answer.status_code != httpx.codes.OK:
            return False
        found = answer.json()["councils"]
        return len(found) == councils and declared == sum(each["wards_declared"] for each in found)


def resident(running: Running) -> int:
    """Returns the resident bytes of a process."""
    return int(process_sample("", running.pid)[" memory_bytes"])


async def declare(producer: DeclarationProducer, events: list[Event], rate_per_s: float) -> None:
    """Declares a night at a rate; all at once if that is 0."""
    if not rate_per_s:
        await producer.publish_all(events)
        return
    began = time.monotonic()
    at_once = max(1, int(rate_per_s / TURNS_PER_S))
    for start in range(0, len(events), at_once):
        await asyncio.sleep(max(0.0, began + start / rate_per_s - time.monotonic()))
        await producer.publish_all(events[start : start + at_once])


async def measure(
    settings: Settings, logs: Path, night: Night, rate_per_s: float
) -> dict[str, Any]:
    """Returns the figures of one night."""
    wards = night.councils * night.wards
    events = list(night_events(night))
    found: dict[str, Any] = {}
    async with httpx.AsyncClient(trust_env=False, timeout=30.0) as client, Log(settings) as log:
        with ExitStack() as started:
            aggregator = started.enter_context(Running(LIVECOUNT, settings, logs / "aggregator"))
            live = Ticker(settings, logs / "ticker", client)
            started.enter_context(live.running)
            await live.ready()

            async def joined() -> bool:
                return await log.members("aggregator") > 0

            async def counted() -> bool:
                aggregator.check()
                return not (await lag_sample(log))["aggregator lag"]

            await until(joined, "the aggregator's group")
            await asyncio.sleep(SETTLE_S)
            before = resident(aggregator), resident(live.running)
            async with DeclarationProducer(settings) as producer:
                await declare(producer, events, rate_per_s)
            await until(counted, "counting")
            await until(lambda: live.has(night.councils, wards), "the ticker's night")
            await asyncio.sleep(SETTLE_S)
            found["aggregator"] = figures(before[0], aggregator, night)
            found["ticker, live"] = figures(before[1], live.running, night)
            late = Ticker(settings, logs / "late-ticker", client)
            started.enter_context(late.running)
            await late.ready()
            await until(lambda: late.has(night.councils, wards), "the late ticker's night")
            await asyncio.sleep(SETTLE_S)
            found["ticker, started after it"] = figures(before[1], late.running, night)
    met = {
        "aggregator": found["aggregator"]["bytes"] <= AGGREGATOR_MAX_BYTES,
        "ticker": found["ticker, live"]["bytes"] <= TICKER_MAX_BYTES,
    }
    return {"declarations": len(events), **found, "met": met}


def figures(before: int, running: Running, night: Night) -> dict[str, int]:
    """Returns what a process takes, and what of it is the night's."""
    now = resident(running)
    peak = running.sample().memory_peak_bytes
    return {
        "before_bytes": before,
        "bytes": now,
        "peak_bytes": peak,
        "bytes_a_council": (now - before) // night.councils,
        "bytes_a_ward": (now - before) // (night.councils * night.wards),
    }


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--councils", type=int, default=400)
    parser.add_argument("--wards", type=int, default=22, help="wards of each council")
    parser.add_argument(
        "--rate", type=float, default=200.0, help="declarations a second; 0 for all at once"
    )
    options = parser.parse_args()
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="livecount-memory-") as name:
        folder = Path(name)
        with Stack(folder / "stack") as stack:
            settings = stack.endpoints.settings(namespace=f"memory-{secrets.token_hex(4)}")
            asyncio.run(create_topics(settings))
            night = Night(options.councils, options.wards)
            found = uvloop.run(measure(settings, folder, night, options.rate))
    about = {"commit": commit(), "machine": machine(), "load_before": load_before}
    print(json.dumps({**vars(options), **found, **about}, indent=1))


if __name__ == "__main__":
    main()
