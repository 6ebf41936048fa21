"""Sound clients of intake and of the ticker while thousands of others only hold connections.

A real Kafka, Redis, intake and ticker are started, with the night of `nights/england-2021` in
Redis. For each kind of slow client a crowd connects, and connects anew whenever it is closed;
meanwhile sound clients declare and read pages, each request on a connection of its own.

    python -m benchmarks.slow_clients --number 4000 --seconds 20
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.audience_night import ELECTION, counted, write
from benchmarks.audience_processes import cpu_and_memory, until_ready
from benchmarks.hostile import KINDS, LOOPBACK, Crowd, Kind, Target
from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics

TOKEN = "a-token-of-the-benchmark"  # noqa: S105 -- opens nothing but this run's intake
SOUND_AT_ONCE = 4
SOUND_ADDRESSES = 200
"""Where sound clients come from: readers have each their own."""

PAUSE_S = 0.02
"""Between two requests of a sound client; four of them make some 150 requests a second."""

ANSWER_TIMEOUT_S = 10.0
DECLARED = 500
"""Wards of the night that the page shows."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How sound clients of one service fared beside one crowd."""

    service: str
    crowd: str
    hostile_open: int
    hostile_closed: int
    requests: int
    failed: int
    p50_ms: float | None
    p99_ms: float | None
    longest_ms: float | None
    cpu_percent: float
    memory_mb: float


def declaration(number: int) -> bytes:
    """Returns a declaration as a client posts it."""
    event = {
        "type": "ward.status",
        "council": "local.barnet.2014-05-22",
        "ballot_paper_id": "local.barnet.childs-hill.2014-05-22",
        "mode": "rehearsal",
        "revision": 1 + number % 50,
        "status": "counting",
    }
    body = json.dumps(event).encode()
    head = (
        "POST /v1/declarations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Authorization: Bearer {TOKEN}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def page(_: int) -> bytes:
    """Returns a reader's request."""
    return (
        f"GET /elections/{ELECTION} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        "Accept-Encoding: gzip\r\n\r\n"
    ).encode()


SOUND = {"intake": (declaration, b" 202 "), "ticker": (page, b" 200 ")}


async def ask(port: int, address: str, request: bytes, expected: bytes) -> float:
    """Returns how many milliseconds an answer took; raises OSError if it was another."""
    started = time.perf_counter()
    async with asyncio.timeout(ANSWER_TIMEOUT_S):
        reader, writer = await asyncio.open_connection(LOOPBACK, port, local_addr=(address, 0))
        try:
            writer.write(request)
            answer = await reader.read()
        finally:
            writer.close()
    if expected not in answer[:20]:
        raise OSError(f"answered {answer[:20]!r}")
    return 1_000 * (time.perf_counter() - started)


async def sound(service: str, port: int, seconds: float) -> tuple[list[float], int]:
    """Returns, sorted, how long each answer took, and how many requests failed."""
    make, expected = SOUND[service]
    took: list[float] = []
    failed = 0
    until = time.monotonic() + seconds

    async def client(first: int) -> None:
        nonlocal failed
        number = first
        while time.monotonic() < until:
            number += SOUND_AT_ONCE
            try:
                address = f"127.1.0.{1 + number % SOUND_ADDRESSES}"
                took.append(await ask(port, address, make(number), expected))
            except (OSError, TimeoutError):
                failed += 1
            await asyncio.sleep(PAUSE_S)

    await asyncio.gather(*(client(each) for each in range(SOUND_AT_ONCE)))
    return sorted(took), failed


async def hold(target: Target, kind: Kind, number: int, addresses: int) -> None:
    """Holds a crowd until standard input ends; says on standard output how it fares."""
    loop = asyncio.get_running_loop()
    ended = loop.run_in_executor(None, sys.stdin.read)
    async with Crowd(target, kind, number, addresses) as crowd:
        while not ended.done():
            sys.stdout.write(json.dumps([len(crowd.open), crowd.ended]) + "\n")
            sys.stdout.flush()
            await asyncio.wait([ended], timeout=1.0)
            crowd.tick()
            await crowd.fill()


@contextmanager
def crowd(target: Target, kind: Kind, options: argparse.Namespace) -> Iterator[Any]:
    """Runs a crowd in a process of its own, so that it does not slow the sound clients down."""
    given = json.dumps([asdict(target), kind, options.number, options.addresses])
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(  # noqa: S603 -- the project's own process
            [sys.executable, "-m", "benchmarks.slow_clients", "--hold", given],
            stdin=subprocess.PIPE,
            stdout=said,
        )

        def told() -> list[int]:
            said.seek(0)
            lines = said.read().splitlines()
            return json.loads(lines[-1]) if lines else [0, 0]

        try:
            yield told
        finally:
            try:
                process.communicate(timeout=30)
            finally:
                process.kill()


async def beside(
    service: str, target: Target, kinds: tuple[Kind, ...], pid: int, options: argparse.Namespace
) -> Figures:
    """Returns how sound clients fare beside crowds of some kinds."""
    with ExitStack() as crowds:
        counts = [crowds.enter_context(crowd(target, kind, options)) for kind in kinds]
        deadline = time.monotonic() + 30
        while kinds and not all(sum(told()) >= options.number for told in counts):
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(0.2)
        cpu_before, _ = cpu_and_memory(pid)
        took, failed = await sound(service, target.port, options.seconds)
        cpu_after, memory = cpu_and_memory(pid)
        told = [each() for each in counts]
    return Figures(
        service=service,
        crowd=" + ".join(kinds) or "nobody",
        hostile_open=sum(each[0] for each in told),
        hostile_closed=sum(each[1] for each in told),
        requests=len(took) + failed,
        failed=failed,
        p50_ms=round(took[len(took) // 2], 1) if took else None,
        p99_ms=round(took[int(len(took) * 0.99) - 1], 1) if took else None,
        longest_ms=round(took[-1], 1) if took else None,
        cpu_percent=round(100 * (cpu_after - cpu_before) / options.seconds),
        memory_mb=round(memory),
    )


async def fill(settings: Settings) -> None:
    """Puts the beginning of a night into Redis."""
    async with connect(settings) as redis:
        declared = 0
        for is_opening, commands in counted(Keys(settings.namespace), seed=1):
            await write(redis, commands)
            declared += not is_opening
            if declared == DECLARED:
                return


@contextmanager
def serving(service: str, environment: dict[str, str]) -> Iterator[int]:
    """Runs a service; yields its process id."""
    process = subprocess.Popen(  # noqa: S603 -- the project's own process
        [sys.executable, "-m", "services.cli", service, "run"], env=environment
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def measure(settings: Settings, environment: dict[str, str], options: argparse.Namespace) -> None:
    """Prints the figures of each service beside each crowd, and beside all of them."""
    uvloop.run(create_topics(settings))
    uvloop.run(fill(settings))
    intake_port, ticker_port = free_ports(2, random.Random())  # noqa: S311 - a port, not a secret
    environment |= {
        "LIVECOUNT_INTAKE_PORT": str(intake_port),
        "LIVECOUNT_INTAKE_TOKEN": TOKEN,
        "LIVECOUNT_TICKER_PORT": str(ticker_port),
        "LIVECOUNT_LOG_LEVEL": "error",
    }
    targets = {
        "intake": Target(intake_port, "/openapi.json", "/v1/declarations", TOKEN),
        "ticker": Target(ticker_port, f"/elections/{ELECTION}", asked_ahead=3),
    }
    every = [(), *((kind,) for kind in KINDS), KINDS]
    for service, target in targets.items():
        if options.service not in {"both", service}:
            continue
        with serving(service, environment) as pid:
            uvloop.run(until_ready(target.port))
            for kinds in every:
                figures = uvloop.run(beside(service, target, kinds, pid, options))
                print(json.dumps(asdict(figures)), flush=True)


def main() -> None:
    """Runs the benchmark and prints the figures as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=4_000, help="hostile connections of a kind")
    parser.add_argument("--addresses", type=int, default=100, help="addresses they come from")
    parser.add_argument("--seconds", type=float, default=20.0, help="beside each crowd")
    parser.add_argument("--service", choices=["intake", "ticker", "both"], default="both")
    parser.add_argument("--hold", help=argparse.SUPPRESS)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if options.hold:
        target, kind, number, addresses = json.loads(options.hold)
        uvloop.run(hold(Target(**target), kind, number, addresses))
        return
    with (
        tempfile.TemporaryDirectory(prefix="livecount-bench-") as directory,
        Stack(Path(directory)) as running,
    ):
        namespace = "bench-slow-clients"
        environment = os.environ | running.endpoints.environment()
        environment["LIVECOUNT_NAMESPACE"] = namespace
        measure(running.endpoints.settings(namespace=namespace), environment, options)


if __name__ == "__main__":
    main()
