"""Audience: thousands of event-stream readers on one ticker while a night is replayed.

Each declaration of the night in `nights/england-2021` is counted by the rules and written to
Redis as the aggregator writes it, at a steady rate. Every reader records the id of every event and
when it arrived; the feed's ids carry the time at which Redis took them, on the same clock.

    python -m benchmarks.audience --clients 2000 --rate 5 --seconds 30
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import uvloop
from redis.asyncio import Redis

from benchmarks.stream_readers import AudienceError, connect_all, require_all_open
from election.council import Council
from election.fold import apply
from election.totals import council_totals
from election.ward_totals import ward_totals
from readers.night import load_night
from schemas.ids import election_of
from services.platform.names import Keys
from services.platform.namespace import account_environment
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack

NIGHT = "england-2021"
ELECTION = "local.2021-05-06"
READY_TIMEOUT_S = 30.0
SETTLE_S = 3.0
"""How long the last events may take to reach everybody before missing ones count as lost."""

FILES_MAX = 16_384
"""Each reader is a socket here and one in the ticker."""


Commands = list[tuple[str, tuple[Any, ...]]]


@dataclass(slots=True)
class Figures:
    """The figures of one run."""

    clients: int
    declarations: int
    entries: int
    rate_per_s: float
    first_p50_ms: float
    last_p50_ms: float
    last_p99_ms: float
    last_longest_ms: float
    missing: int
    repeated: int
    ticker_cpu_s: float
    ticker_cpu_percent: float
    ticker_memory_mb: float
    ticker_memory_before_mb: float
    bytes_received: int
    load_before: float


def counted(keys: Keys, seed: int) -> Iterator[tuple[bool, Commands]]:
    """Yields the night's events in a shuffled order, as the Redis commands that count them.

    The flag is true for openings.
    """
    night = load_night(NIGHT)
    events = list(night.on_the_night)
    random.Random(seed).shuffle(events)  # noqa: S311 - an order, not a secret
    councils: dict[str, Council] = {}
    for place, event in enumerate([*night.openings, *events]):
        council, effects = apply(event, councils.get(event.council))
        councils[event.council] = council
        totals = council_totals(council)
        if totals is None or not effects.changed:
            continue
        identifier, election = council.council, election_of(council.council)
        wards = [(each, ward_totals(council, each).model_dump_json()) for each in effects.ballots]
        payload = totals.model_dump_json()
        fields = {"totals": payload, "version": str(totals.version)}
        alerts = [alert.model_dump_json() for alert in effects.alerts]
        commands: Commands = [
            ("sadd", (keys.elections(), election)),
            ("sadd", (keys.councils(election), identifier)),
            ("hset", (keys.council(identifier), None, None, fields)),
            *(("hset", (keys.wards(identifier), ballot, ward)) for ballot, ward in wards),
            *(("rpush", (keys.alerts(identifier), alert)) for alert in alerts),
        ]
        entries = [("ward", ward) for _, ward in wards] + [("totals", payload)]
        entries += [("alert", alert) for alert in alerts]
        commands += [
            ("xadd", (keys.feed(election), {"type": kind, "council": identifier, "data": data}))
            for kind, data in entries
        ]
        yield place < len(night.openings), commands


async def write(redis: Redis, commands: Commands) -> None:
    """Writes one event as one transaction."""
    transaction = redis.pipeline(transaction=True)
    for name, arguments in commands:
        getattr(transaction, name)(*arguments)
    await transaction.execute()


def cpu_and_memory(pid: int) -> tuple[float, float]:
    """Returns the processor seconds a process has used, and its memory in MB."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return ticks / 100, pages * resource.getpagesize() / 1e6


async def until_ready(port: int) -> None:
    """Returns once the ticker answers."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


async def measure(settings: Settings, port: int, pid: int, options: argparse.Namespace) -> Figures:
    """Returns the figures of one replay to one audience."""
    keys = Keys(settings.namespace)
    events = counted(keys, options.seed)
    came: dict[str, list[float]] = {}
    load_before = round(os.getloadavg()[0], 2)
    async with connect(settings) as redis:
        backlog: list[Commands] = []
        for opening, commands in events:
            if not opening:
                backlog.append(commands)
                break
            await write(redis, commands)
        await until_ready(port)
        _, memory_before = cpu_and_memory(pid)
        stream = f"/v1/stream?election={ELECTION}"
        readers = await connect_all(port, stream, options.clients, came)
        cpu_before, _ = cpu_and_memory(pid)
        backlog += [each for _, each in islice(events, int(options.rate * options.seconds))]
        started = time.monotonic()
        for number, commands in enumerate(backlog):
            await asyncio.sleep(max(0.0, started + number / options.rate - time.monotonic()))
            await write(redis, commands)
        elapsed = time.monotonic() - started
        await asyncio.sleep(SETTLE_S)
        require_all_open(readers)
        cpu_after, memory = cpu_and_memory(pid)
        entries = await redis.xrange(keys.feed(ELECTION))
    feed = [feed_id.decode() for feed_id, _ in entries]
    sent = feed[feed.index(next(iter(came))) :]
    first, last = delays(sent, came)
    cpu = cpu_after - cpu_before
    return Figures(
        clients=len(readers),
        declarations=len(backlog),
        entries=len(sent),
        rate_per_s=options.rate,
        first_p50_ms=round(statistics.median(first), 1),
        last_p50_ms=round(statistics.median(last), 1),
        last_p99_ms=round(last[int(len(last) * 0.99) - 1], 1),
        last_longest_ms=round(last[-1], 1),
        missing=sum(len(set(sent) - set(reader.ids)) for reader in readers),
        repeated=sum(len(reader.ids) - len(set(reader.ids)) for reader in readers),
        ticker_cpu_s=round(cpu, 2),
        ticker_cpu_percent=round(100 * cpu / elapsed, 1),
        ticker_memory_mb=round(memory, 1),
        ticker_memory_before_mb=round(memory_before, 1),
        bytes_received=sum(reader.received for reader in readers),
        load_before=load_before,
    )


def delays(sent: list[str], came: dict[str, list[float]]) -> tuple[list[float], list[float]]:
    """Returns, sorted, the milliseconds from feed to the first and to the last reader."""
    first, last = [], []
    for feed_id in sent:
        written = int(feed_id.partition("-")[0])
        arrivals_ms = came[feed_id]
        first.append(min(arrivals_ms) - written)
        last.append(max(arrivals_ms) - written)
    return sorted(first), sorted(last)


def main() -> None:
    """Runs the benchmark and prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=2_000)
    parser.add_argument("--rate", type=float, default=5.0, help="declarations a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES_MAX, FILES_MAX))
    with (
        tempfile.TemporaryDirectory(prefix="livecount-bench-") as directory,
        Stack(Path(directory)) as running,
    ):
        try:
            measured = run(running.endpoints.settings(namespace="bench-audience"), options)
        except AudienceError as error:
            sys.exit(f"not measured: {error}")
    print(json.dumps(asdict(measured), indent=1))


def run(settings: Settings, options: argparse.Namespace) -> Figures:
    """Returns the figures of one run against the Redis of the administrator's settings."""
    (port,) = free_ports(1, random.Random())  # noqa: S311 - a port, not a secret
    outside = {
        name: value for name, value in os.environ.items() if not name.startswith("LIVECOUNT_")
    }
    ticker = subprocess.Popen(
        [sys.executable, "-m", "services.cli", "ticker", "run"],
        env=outside
        | {
            "LIVECOUNT_SETTINGS_FILE": os.devnull,
            "LIVECOUNT_NAMESPACE": settings.namespace,
            **account_environment(settings, "ticker"),
            "LIVECOUNT_TICKER_PORT": str(port),
        },
    )
    try:
        return uvloop.run(measure(settings, port, ticker.pid, options))
    finally:
        ticker.terminate()
        ticker.wait(20)


if __name__ == "__main__":
    main()
