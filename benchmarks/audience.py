"""Audience: thousands of event-stream readers on one ticker while a night is replayed.

Each declaration of the night in `nights/england-2021` is counted by the rules and written to
Redis as the aggregator writes it, at a steady rate. Every reader records the id of every event and
when it arrived; the feed's ids carry the time at which Redis took them, on the same clock. Then the
ticker is killed and started again while declarations go on, and all readers come back. By turns,
the same is sent by a server that does nothing else; see `stream_floor`.

    python -m benchmarks.audience --clients 15000 --rate 5 --seconds 30 --turns 3
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import uvloop
from redis.asyncio import Redis

from benchmarks.audience_night import ELECTION, Commands, counted, write
from benchmarks.audience_pages import PageReader
from benchmarks.audience_processes import OTHERS_CORE, Figures, Readers, Server, until_ready
from benchmarks.stream_readers import AudienceError
from services.platform.names import Keys
from services.platform.namespace import clear
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.stack import Stack

SETTLE_S = 90.0
"""How long the last event may take to reach everybody before missing ones count as lost."""

PAGE = f"/councils/local.hartlepool.{ELECTION.removeprefix('local.')}"
SERVERS = ("ticker", "floor, uvloop", "floor, asyncio")


async def declare(redis: Redis, events: Iterator[Commands], rate: float, seconds: float) -> int:
    """Writes declarations at a steady rate; returns how many."""
    started = time.monotonic()
    number = 0
    for number, commands in enumerate(islice(events, int(rate * seconds)), 1):
        await write(redis, commands)
        await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
    return number


async def measure(settings: Settings, kind: str, options: argparse.Namespace) -> Figures:
    """Returns the figures of one replay to one audience."""
    keys = Keys(settings.namespace)
    events = counted(keys, options.seed)
    load_before = round(os.getloadavg()[0], 2)
    readers = await Readers.start()
    server: Server | None = None
    try:
        async with connect(settings) as redis:
            await clear(redis, settings.namespace)
            for opening, commands in events:
                if not opening:
                    break
                await write(redis, commands)
            declarations = (commands for _, commands in events)
            server = Server(kind, settings)
            await until_ready(server.port)
            turn = Turn(redis, keys.feed(ELECTION), server, readers, declarations, options)
            found: Figures = {"clients": options.clients, "rate_per_s": options.rate}
            found |= await turn.connected()
            found |= await turn.night()
            print(kind, json.dumps(found), file=sys.stderr, flush=True)
            if kind == "ticker" and options.restart:
                found |= await turn.restarted()
    finally:
        if server is not None:
            server.kill()
        await readers.end()
    return found | {"load_before": load_before}


@dataclass(frozen=True, slots=True)
class Turn:
    """One server, its readers and what is declared to them: one after the other of what it does."""

    redis: Redis
    feed: str
    server: Server
    readers: Readers
    declarations: Iterator[Commands]
    options: argparse.Namespace

    async def connected(self) -> Figures:
        """Connects the readers, and returns what that takes."""
        clients, server = self.options.clients, self.server
        cpu_before, memory_before = server.used()
        path = f"/v1/stream?election={ELECTION}"
        done = await self.readers("connect", server.port, path, clients)
        await asyncio.sleep(1)
        cpu, memory = server.used()
        return {
            "connect_s": round(done["seconds"], 2),
            "connect_cpu_ms_each": round(1_000 * (cpu - cpu_before) / clients, 3),
            "memory_before_mb": round(memory_before, 1),
            "memory_connected_mb": round(memory, 1),
        }

    async def night(self) -> Figures:
        """Replays some declarations, and returns how they came to the readers."""
        server = self.server
        before = await self._newest()
        cpu_before, _ = server.used()
        began = time.monotonic()
        asked = self.options.pages if server.has_pages else 0
        async with PageReader(server.port, PAGE, asked) as pages:
            declared = await self._declare(self.options.seconds)
            elapsed = time.monotonic() - began
            cpu, _ = server.used()
        _, memory = server.used()
        sent = await self._sent(before)
        came = await self.readers("report", sent)
        return {
            "declarations": declared,
            "entries": len(sent),
            **_delays(came),
            "to_nobody": came["to_nobody"],
            "missing": came["missing"],
            "repeated": came["repeated"],
            "disordered": came["disordered"],
            "ticker_cpu_s": round(cpu - cpu_before, 2),
            "ticker_cpu_percent": round(100 * (cpu - cpu_before) / elapsed, 1),
            "ticker_memory_mb": round(memory, 1),
            "bytes_received": came["bytes_received"],
            **pages.figures(),
        }

    async def restarted(self) -> Figures:
        """Kills the ticker while declarations go on, and returns how its readers came back."""
        server = self.server
        first = await self._newest()
        going_on = asyncio.create_task(self._declare(self.options.restart))
        await asyncio.sleep(1)
        server.kill()
        killed = time.monotonic()
        server.start()
        back = asyncio.create_task(self.readers("reconnect", server.port))
        await until_ready(server.port)
        listens = time.monotonic()
        await back
        there = time.monotonic()
        await going_on
        sent = await self._sent(first)
        cpu, memory = server.used()
        came = await self.readers("report", sent)
        return {
            "restart_listens_after_s": round(listens - killed, 2),
            "restart_all_back_after_s": round(there - killed, 2),
            "restart_back_once_listening_s": round(there - listens, 2),
            "restart_entries": len(sent),
            "restart_missing": came["missing"],
            "restart_repeated": came["repeated"],
            "restart_cpu_s": round(cpu, 2),
            "restart_memory_mb": round(memory, 1),
        }

    async def _declare(self, seconds: float) -> int:
        return await declare(self.redis, self.declarations, self.options.rate, seconds)

    async def _newest(self) -> bytes:
        newest: bytes = (await self.redis.xrevrange(self.feed, count=1))[0][0]
        return newest

    async def _sent(self, after: bytes) -> list[str]:
        """Returns the ids of the feed after one, once every reader has the last, or SETTLE_S on."""
        entries = await self.redis.xrange(self.feed, min=b"(" + after)
        sent = [feed_id.decode() for feed_id, _ in entries]
        deadline = time.monotonic() + SETTLE_S
        behind = True
        while behind and time.monotonic() < deadline:
            # The readers are another process, so there is no event to await.
            behind = (await self.readers("behind", sent[-1]))["behind"]
            await asyncio.sleep(0.5 if behind else 0)
        return sent


def _delays(came: Figures) -> Figures:
    """Returns the percentiles of delays, in milliseconds."""
    figures: Figures = {}
    for name in ("first", "last", "spread"):
        found = sorted(came[name])
        figures[f"{name}_p50_ms"] = round(statistics.median(found), 1)
        figures[f"{name}_p99_ms"] = round(found[int(len(found) * 0.99) - 1], 1)
    return figures | {"last_longest_ms": round(max(came["last"]), 1)}


def main() -> None:
    """Runs the benchmark and prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=2_000)
    parser.add_argument("--rate", type=float, default=5.0, help="declarations a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--restart", type=float, default=0.0, help="seconds with a restart, or 0")
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--servers", nargs="+", default=["ticker"], choices=SERVERS)
    parser.add_argument("--pages", type=float, default=10.0, help="pages asked for in a second")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.sched_setaffinity(0, {OTHERS_CORE})
    turns: dict[str, list[Figures]] = {kind: [] for kind in options.servers}
    with (
        tempfile.TemporaryDirectory(prefix="livecount-bench-") as directory,
        Stack(Path(directory)) as running,
    ):
        settings = running.endpoints.settings(namespace="bench-audience")
        try:
            for _ in range(options.turns):
                for kind in options.servers:
                    turns[kind].append(uvloop.run(measure(settings, kind, options)))
                    print(kind, json.dumps(turns[kind][-1]), file=sys.stderr, flush=True)
        except AudienceError as error:
            sys.exit(f"not measured: {error}")
    print(json.dumps(medians(turns["ticker"]) | {"turns": turns}, indent=1))


def medians(turns: list[Figures]) -> Figures:
    """Returns the median of each figure over turns."""
    return {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}


if __name__ == "__main__":
    main()
